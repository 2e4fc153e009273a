#include <set>

#include "tests/sandbox/call.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {
namespace {

constexpr std::string_view keys = "app_id=a&app_key=b";

std::string url(std::string_view country, std::string_view query, int page = 1) {
  return "/v1/api/jobs/" + std::string{country} + "/search/" + std::to_string(page) + "?" +
         std::string{keys} + "&" + std::string{query};
}

TEST(Adzuna, RefusesMissingAndBadKeys) {
  App app{{}};
  for (auto query : {"", "?app_id=&app_key=b", "?app_id=bad&app_key=b", "?app_id=a"}) {
    auto response = adzuna(app, get("/v1/api/jobs/gb/search/1" + std::string{query})).response;
    EXPECT_EQ(response.status, 401) << query;
    EXPECT_EQ(parsed(response).root()["exception"].string_or(""), "AUTH_FAIL");
  }
}

TEST(Adzuna, KnowsItsNineteenCountriesOnly) {
  App app{{}};
  EXPECT_EQ(adzuna(app, get(url("ru", ""))).response.status, 404);
  EXPECT_EQ(adzuna(app, get(url("gb", ""))).response.status, 200);
  EXPECT_EQ(adzuna(app, get(url("gb", "", 0))).response.status, 400);
}

TEST(Adzuna, PagesHoldEveryPostingOnce) {
  App app{{}};
  std::set<std::string> ids;
  std::int64_t count = -1;
  std::size_t seen = 0;
  for (int page = 1; page < 100; ++page) {
    auto document =
      parsed(adzuna(app, get(url("gb", "results_per_page=7&sort_by=date", page))).response);
    count = document.root()["count"].integer().value_or(0);
    auto results = document.root()["results"];
    if (results.size() == 0)
      break;
    EXPECT_LE(results.size(), 7U);
    results.each_element([&](json::View job) { ids.insert(job["id"].string_or("")); });
    seen += results.size();
  }
  EXPECT_GT(count, 30);
  EXPECT_EQ(seen, static_cast<std::size_t>(count));
  EXPECT_EQ(ids.size(), seen);
}

TEST(Adzuna, CutsDescriptionsAndCapsThePage) {
  App app{{}};
  auto document = parsed(adzuna(app, get(url("us", "results_per_page=500"))).response);
  EXPECT_LE(document.root()["results"].size(), 50U);
  bool cut_seen = false;
  document.root()["results"].each_element([&](json::View job) {
    auto text = job["description"].string_or("");
    EXPECT_LE(text.size(), 500 + std::string_view{"…"}.size());
    cut_seen = cut_seen || text.ends_with("…");
  });
  EXPECT_TRUE(cut_seen);
}

TEST(Adzuna, FindsByWordsPlaceAgeAndPay) {
  App app{{}};
  auto each = [&](std::string_view query, auto check) {
    auto document =
      parsed(adzuna(app, get(url("gb", std::string{query} + "&results_per_page=50"))).response);
    EXPECT_GT(document.root()["results"].size(), 0U) << query;
    document.root()["results"].each_element([&](json::View job) { check(job); });
  };
  each("what=nurse", [](json::View job) {
    auto text = lower(job.dump());
    EXPECT_TRUE(text.find("nurs") != std::string::npos) << text;
  });
  each("where=London",
       [](json::View job) { EXPECT_NE(job["location"].dump().find("London"), std::string::npos); });
  each("salary_min=60000",
       [](json::View job) { EXPECT_GE(job["salary_max"].number().value_or(0), 60000); });
  each("category=it-jobs",
       [](json::View job) { EXPECT_EQ(job["category"]["tag"].string_or(""), "it-jobs"); });
  each("max_days_old=3", [](json::View job) {
    auto created = parse_rfc3339(job["created"].string_or(""));
    ASSERT_TRUE(created);
    EXPECT_GE(*created, now() - std::chrono::hours{24 * 3} - std::chrono::minutes{1});
  });
}

TEST(Adzuna, SortsByDateBothWays) {
  App app{{}};
  for (bool up : {false, true}) {
    auto document =
      parsed(adzuna(app, get(url("gb", std::string{"results_per_page=50&sort_by=date&sort_dir="} +
                                         (up ? "up" : "down"))))
               .response);
    std::string last;
    document.root()["results"].each_element([&](json::View job) {
      auto created = job["created"].string_or("");
      if (!last.empty())
        EXPECT_TRUE(up ? last <= created : last >= created);
      last = created;
    });
  }
}

TEST(Adzuna, ShowsTheQuirksClientsMustBear) {
  App app{{}};
  bool strong = false, no_company = false, predicted = false, no_contract = false, no_pay = false;
  for (auto country : {"gb", "us", "de", "ca", "nl"}) {
    auto document = parsed(
      adzuna(
        app,
        get(url(country, "what_or=engineer%20nurse%20driver%20chef%20manager&results_per_page=50")))
        .response);
    document.root()["results"].each_element([&](json::View job) {
      strong = strong || job["title"].string_or("").find("<strong>") != std::string::npos;
      no_company = no_company || !job["company"]["display_name"];
      predicted = predicted || job["salary_is_predicted"].string_or("") == "1";
      no_contract = no_contract || !job["contract_type"];
      no_pay = no_pay || !job["salary_min"];
    });
  }
  EXPECT_TRUE(strong && no_company && predicted && no_contract && no_pay)
    << strong << no_company << predicted << no_contract << no_pay;
}

}  // namespace
}  // namespace jobraker::sandbox
