#include <gtest/gtest.h>

#include "actors/jobs/core/adzuna.hpp"
#include "actors/jobs/core/greenhouse.hpp"
#include "actors/jobs/core/jsonld.hpp"
#include "actors/jobs/core/lever.hpp"

namespace jobraker {
namespace {

const AdzunaQuery gb_query{.country = "gb", .what = "c++"};

SourceInfo source(const char* board) { return {.name = "the search", .board = board}; }

TEST(ReadAdzuna, TakesEverythingOfAFullAd) {
  auto listing = read_adzuna(R"({"__CLASS__":"X","count":4213,"results":[
    {"id":"4795571883","adref":"eyJ","title":"C++ <strong>Engineer</strong>","description":"We build …",
     "created":"2026-11-19T22:27:47Z","redirect_url":"https://www.adzuna.co.uk/jobs/land/ad/4795571883",
     "company":{"display_name":"Acme Ltd"},
     "location":{"display_name":"Guildford, Surrey","area":["UK","South East England","Surrey","Guildford"]},
     "category":{"tag":"it-jobs","label":"IT Jobs"},"salary_min":60000,"salary_max":75000.5,
     "salary_is_predicted":"1","contract_time":"full_time","contract_type":"permanent"}]})",
                             source("gb"), gb_query);
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->total, 4213);
  EXPECT_FALSE(listing->next_page);  // the page was not full
  EXPECT_FALSE(listing->complete);
  ASSERT_EQ(listing->postings.size(), 1u);
  const auto& p = listing->postings[0];
  EXPECT_EQ(p.source_id, "gb:4795571883");
  EXPECT_EQ(p.company, "Acme Ltd");
  EXPECT_EQ(p.area.size(), 4u);
  EXPECT_EQ(p.salary.max, 75000.5);
  EXPECT_EQ(p.salary.currency, "GBP");
  EXPECT_TRUE(p.salary.predicted);
  EXPECT_EQ(p.contract_hints, (Strings{"full_time", "permanent"}));
  EXPECT_EQ(to_rfc3339(*p.posted_at), "2026-11-19T22:27:47Z");
  EXPECT_EQ(p.attribution, "Jobs by Adzuna");
}

TEST(ReadAdzuna, LosesOneBadAdAndNothingElse) {
  auto listing = read_adzuna(R"({"count":"x","results":[
    {"id":7,"title":"A","description":"d","salary_is_predicted":1,"location":{},"company":{}},
    17, {"title":"no id"}, {"id":"9"}, null,
    {"id":"10","title":"B","description":"d","salary_is_predicted":0,"salary_min":"50000","location":null,"company":[]}]})",
                             source("us"), {.country = "us"});
  ASSERT_TRUE(listing) << listing.error().detail;
  ASSERT_EQ(listing->postings.size(), 2u);
  EXPECT_EQ(listing->postings[0].source_id, "us:7");
  EXPECT_TRUE(listing->postings[0].salary.predicted);
  EXPECT_FALSE(listing->postings[1].salary.predicted);
  EXPECT_EQ(listing->postings[1].salary.min, 50000);
  ASSERT_EQ(listing->problems.size(), 4u);
  EXPECT_EQ(listing->problems[0].item, "#2");
  EXPECT_EQ(listing->problems[2].item, "9");
  EXPECT_EQ(listing->problems[2].source, "the search");
}

TEST(ReadAdzuna, SaysWhetherAnotherPageIsWorthACall) {
  std::string ads;
  for (int i = 0; i < 50; ++i)
    ads += std::string{i ? "," : ""} + R"({"id":")" + std::to_string(i) +
           R"(","title":"t","description":"d"})";
  auto page = [&](int count, int number) {
    auto query = gb_query;
    query.page = number;
    return read_adzuna("{\"count\":" + std::to_string(count) + ",\"results\":[" + ads + "]}",
                       source("gb"), query)
      ->next_page;
  };
  EXPECT_TRUE(page(51, 1));
  EXPECT_FALSE(page(50, 1));
  EXPECT_FALSE(page(100, 2));
}

TEST(ReadAdzuna, TellsErrorsApart) {
  constexpr auto auth =
    R"({"__CLASS__":"Adzuna::API::Response::Exception","exception":"AUTH_FAIL","display":"Authorisation failed"})";
  EXPECT_EQ(read_adzuna(auth, source("gb"), gb_query).error().code, Errc::upstream_failed);
  EXPECT_NE(adzuna_error(401, auth).detail.find("credentials"), std::string::npos);
  EXPECT_NE(adzuna_error(410, "<html>").detail.find("credentials"), std::string::npos);
  EXPECT_EQ(adzuna_error(429, "slow down").code, Errc::rate_limited);
  EXPECT_EQ(adzuna_error(404, "").code, Errc::not_found);
  EXPECT_NE(adzuna_error(400, R"({"exception":"BAD","display":"unknown category"})")
              .detail.find("unknown category"),
            std::string::npos);
  EXPECT_EQ(adzuna_error(503, "").code, Errc::upstream_failed);
  for (auto body : {"", "<html>busy</html>", "[]", "{}", "{\"results\":7}", "null"})
    EXPECT_EQ(read_adzuna(body, source("gb"), gb_query).error().code, Errc::malformed) << body;
  auto small = source("gb");
  small.bytes_max = 10;
  EXPECT_EQ(read_adzuna("{\"results\":[]}", small, gb_query).error().code, Errc::too_large);
}

TEST(AdzunaSearchUrl, EncodesValuesAndItsKeyCanBeHidden) {
  auto url = adzuna_search_url(
    "https://api.adzuna.com/v1/api/",
    {.country = "de", .what = "C++ & Köln", .where = "50667", .page = 2, .max_days_old = 30}, "id1",
    "s3cret&x");
  ASSERT_TRUE(url);
  EXPECT_EQ(
    *url, "https://api.adzuna.com/v1/api/jobs/de/search/"
          "2?app_id=id1&app_key=s3cret%26x&results_per_page=50"
          "&what=C%2B%2B%20%26%20K%C3%B6ln&where=50667&max_days_old=30&sort_by=date&sort_dir=down");
  EXPECT_EQ(redacted(*url).find("s3cret"), std::string::npos);
  EXPECT_EQ(redacted(*url).find("id1"), std::string::npos);
  EXPECT_NE(redacted(*url).find("app_key=***&results_per_page=50"), std::string::npos);
  EXPECT_EQ(redacted("http://x/?a=1&app_key=k"), "http://x/?a=1&app_key=***");
  EXPECT_EQ(adzuna_search_url("x", {.country = "ru"}, "", "").error().code, Errc::invalid);
  EXPECT_EQ(adzuna_search_url("x", {.country = "../gb"}, "", "").error().code, Errc::invalid);
  EXPECT_EQ(adzuna_search_url("x", {.country = "gb", .page = 0}, "", "").error().code,
            Errc::invalid);
  for (auto country : adzuna_countries())
    EXPECT_EQ(adzuna_currency(country).size(), 3u) << country;
}

TEST(ReadGreenhouse, TakesEverythingOfABoard) {
  auto listing =
    read_greenhouse(R"({"jobs":[{"id":127817,"internal_job_id":144381,"title":"C++ Engineer",
    "updated_at":"2026-11-01T10:55:28-05:00","first_published":"2026-10-01T00:00:00Z","location":{"name":"NYC"},
    "absolute_url":"https://job-boards.greenhouse.io/acme/jobs/127817","metadata":[{"name":"Employment Type","value":"Full-time"}],
    "content":"&lt;p&gt;Hi&lt;/p&gt;","departments":[{"name":"Engineering"}],
    "pay_input_ranges":[{"min_cents":12000000,"max_cents":15000000,"currency_type":"USD","title":"NYC"},
                        {"min_cents":10000000,"max_cents":14000000,"currency_type":"USD"}]},
    {"id":2,"internal_job_id":null,"title":"Join our talent pool"},
    {"id":3,"internal_job_id":4},
    {"id":5,"title":"B","location":null,"offices":[{"location":"Berlin, Germany"}],"pay_input_ranges":"none","metadata":{}}],
    "meta":{"total":4}})",
                    source("acme"));
  ASSERT_TRUE(listing) << listing.error().detail;
  ASSERT_EQ(listing->postings.size(), 2u);
  const auto& p = listing->postings[0];
  EXPECT_EQ(p.source_id, "acme:127817");
  EXPECT_EQ(p.salary.min, 100000);
  EXPECT_EQ(p.salary.max, 150000);
  EXPECT_EQ(p.salary.period, PayPeriod::year);
  EXPECT_EQ(p.category, "Engineering");
  EXPECT_EQ(p.company, "acme");
  EXPECT_EQ(to_rfc3339(*p.posted_at), "2026-10-01T00:00:00Z");
  EXPECT_EQ(listing->postings[1].location, "Berlin, Germany");
  ASSERT_EQ(listing->problems.size(), 1u);
  EXPECT_EQ(listing->problems[0].item, "acme:3");
  EXPECT_TRUE(listing->complete);
}

TEST(ReadGreenhouse, TellsErrorsApart) {
  EXPECT_EQ(
    read_greenhouse(R"({"status":404,"error":"Job not found"})", source("nope")).error().code,
    Errc::not_found);
  for (auto body : {"", "[]", "<html>", "{\"jobs\":1}"})
    EXPECT_EQ(read_greenhouse(body, source("acme")).error().code, Errc::malformed) << body;
  EXPECT_FALSE(read_greenhouse(R"({"jobs":[],"meta":{"total":9}})", source("acme"))->complete);
  EXPECT_TRUE(greenhouse_url("https://boards-api.greenhouse.io/", "acme-1_x"));
  for (auto token : {"", "a/b", "a b", "..", "a?x"})
    EXPECT_EQ(greenhouse_url("x", token).error().code, Errc::invalid) << token;
}

TEST(ReadLever, TakesEverythingOfASite) {
  auto listing = read_lever(
    R"([{"id":"a-1","text":"Engineer","categories":{"location":"Berlin","commitment":"Full-time",
    "team":"Core","allLocations":["Berlin","Paris"]},"country":"DE","description":"<div>Do things</div>",
    "lists":[{"text":"Requirements","content":"<li>C++</li>"}],"additional":"<p>Apply</p>",
    "hostedUrl":"https://jobs.lever.co/acme/a-1","workplaceType":"hybrid","createdAt":1763590000000,
    "salaryRange":{"currency":"EUR","interval":"per-year-salary","min":60000,"max":80000}}, {"id":"b"}, "x"])",
    source("acme"));
  ASSERT_TRUE(listing) << listing.error().detail;
  ASSERT_EQ(listing->postings.size(), 1u);
  const auto& p = listing->postings[0];
  EXPECT_EQ(p.source_id, "acme:a-1");
  EXPECT_EQ(p.country_hint, "DE");
  EXPECT_EQ(p.workplace_hint, "hybrid");
  EXPECT_EQ(p.salary.period, PayPeriod::year);
  EXPECT_NE(p.description.find("C++"), std::string::npos);
  EXPECT_NE(p.description.find("Apply"), std::string::npos);
  EXPECT_EQ(to_rfc3339(*p.posted_at), "2025-11-19T22:06:40Z");
  ASSERT_EQ(listing->problems.size(), 2u);
  EXPECT_EQ(listing->problems[0].item, "acme:b");
  EXPECT_EQ(listing->problems[1].item, "#3");
  EXPECT_TRUE(listing->complete);
}

TEST(ReadLever, NamesTheCompanyAfterItsSiteUnlessItIsKnown) {
  auto company = [](SourceInfo info) {
    auto listing = read_lever(R"([{"id":"a","text":"Engineer"}])", info);
    return listing && listing->postings.size() == 1 ? listing->postings[0].company : "none";
  };
  for (auto [site, name] : {std::pair{"corvanemarkets", "Corvanemarkets"},
                            {"acme-robotics", "Acme Robotics"},
                            {"-big__blue-", "Big Blue"},
                            {"AcmeLabs", "AcmeLabs"},
                            {"7shifts", "7shifts"},
                            {"--", "--"}})
    EXPECT_EQ(company(source(site)), name);
  EXPECT_EQ(company({.name = "s", .board = "acme", .company = "ACME plc"}), "ACME plc");
}

TEST(ReadLever, AFullPageAsksForTheNext) {
  std::string body = "[";
  for (int i = 0; i < lever_page_size; ++i)
    body += std::string{i ? "," : ""} + R"({"id":")" + std::to_string(i) + R"(","text":"t"})";
  auto listing = read_lever(body + "]", source("acme"), 100);
  EXPECT_EQ(listing->next_skip, 200);
  EXPECT_FALSE(listing->complete);
  EXPECT_EQ(read_lever("[]", source("acme"), 200)->next_skip, std::nullopt);
  EXPECT_EQ(read_lever(R"({"ok":false,"error":"Document not found"})", source("x")).error().code,
            Errc::not_found);
  EXPECT_EQ(read_lever("<!doctype html>", source("x")).error().code, Errc::malformed);
  EXPECT_EQ(*lever_url("https://api.lever.co", "acme", 100),
            "https://api.lever.co/v0/postings/acme?mode=json&skip=100&limit=100");
  EXPECT_FALSE(lever_url("x", "../y", 0));
}

TEST(ReadJsonLd, AcceptsTheShapesThatPagesHave) {
  auto listing = read_jsonld(R"(<html><script type="application/ld+json"><!--
    {"@context":"https://schema.org","@graph":[{"@type":"WebPage"},{"@type":["Thing","JobPosting"],"title":"C++ Engineer",
     "description":"<p>Line one
line two</p>","datePosted":"2026-11-18","validThrough":"2026-12-18T00:00","identifier":{"value":"R-77"},
     "employmentType":["FULL_TIME"],"hiringOrganization":"Acme",
     "jobLocation":[{"@type":"Place","address":{"addressLocality":"Berlin","addressCountry":{"@type":"Country","name":"Germany"}}}],
     "jobLocationType":"TELECOMMUTE",
     "baseSalary":{"currency":"EUR","value":{"minValue":"70,000","maxValue":90000,"unitText":"YEAR"}},}]}
    --></script><script type='application/ld+json'>{broken</script>
    <script>var x = {"@type":"JobPosting"}</script></html>)",
                             source("https://acme.example/jobs/1"));
  ASSERT_TRUE(listing) << listing.error().detail;
  ASSERT_EQ(listing->postings.size(), 1u);
  const auto& p = listing->postings[0];
  EXPECT_EQ(p.title, "C++ Engineer");
  EXPECT_EQ(p.company, "Acme");
  EXPECT_EQ(p.location, "Berlin, Germany");
  EXPECT_EQ(p.salary.min, 70000);
  EXPECT_EQ(p.salary.period, PayPeriod::year);
  EXPECT_EQ(p.source_id, "acme.example/jobs/1#R-77");
  EXPECT_EQ(p.workplace_hint, "TELECOMMUTE");
  EXPECT_TRUE(p.expires_at);
  EXPECT_EQ(listing->problems.size(), 1u);
  EXPECT_EQ(read_jsonld("<html>no job</html>", source("x")).error().code, Errc::unprocessable);
}

}  // namespace
}  // namespace jobraker
