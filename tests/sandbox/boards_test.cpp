#include <set>

#include "tests/sandbox/call.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {
namespace {

TEST(Postings, AreManyAndDifferent) {
  PostingStore store{now()};
  std::set<std::string> texts, companies, countries, keys;
  for (const auto& posting : store.all()) {
    texts.insert(posting->plain());
    companies.insert(posting->company);
    countries.insert(posting->country);
    keys.insert(posting->key);
    EXPECT_LE(posting->posted_at, now());
  }
  EXPECT_GE(store.all().size(), 320U);
  EXPECT_EQ(keys.size(), store.all().size());
  EXPECT_GE(texts.size(), store.all().size() * 9 / 10);
  EXPECT_GE(companies.size(), 100U);
  EXPECT_GE(countries.size(), 12U);
}

TEST(Postings, HaveIdsOfTheirOwnInEverySource) {
  PostingStore store{now()};
  std::set<std::uint64_t> adzuna_ids, greenhouse_ids;
  std::set<std::string> lever_ids;
  for (const auto& posting : store.all()) {
    adzuna_ids.insert(posting->number(4'000'000'000ULL, 900'000'000ULL));
    greenhouse_ids.insert(posting->number(1'000'000, 9'000'000));
    lever_ids.insert(posting->uuid());
  }
  EXPECT_EQ(adzuna_ids.size(), store.all().size());
  EXPECT_EQ(greenhouse_ids.size(), store.all().size());
  EXPECT_EQ(lever_ids.size(), store.all().size());
}

TEST(Greenhouse, ListsABoardWithEscapedContentOnRequest) {
  App app{{}};
  auto plain = parsed(greenhouse(app, get("/v1/boards/quillpay/jobs")).response);
  EXPECT_GT(plain.root()["jobs"].size(), 0U);
  EXPECT_FALSE(plain.root()["jobs"].at(0)["content"]);
  auto full = parsed(greenhouse(app, get("/v1/boards/quillpay/jobs?content=true")).response);
  EXPECT_EQ(full.root()["meta"]["total"].integer(),
            static_cast<std::int64_t>(full.root()["jobs"].size()));
  auto content = full.root()["jobs"].at(0)["content"].string_or("");
  EXPECT_TRUE(content.starts_with("&lt;p&gt;")) << content.substr(0, 40);
  auto id = full.root()["jobs"].at(0)["id"].dump();
  EXPECT_EQ(greenhouse(app, get("/v1/boards/quillpay/jobs/" + id)).response.status, 200);
  EXPECT_EQ(greenhouse(app, get("/v1/boards/nobody/jobs")).response.status, 404);
}

TEST(Lever, PagesABoardAndGivesOnePosting) {
  App app{{}};
  auto all = parsed(lever(app, get("/v0/postings/corvanemarkets?mode=json")).response);
  ASSERT_GE(all.root().size(), 2U);
  auto second =
    parsed(lever(app, get("/v0/postings/corvanemarkets?mode=json&skip=1&limit=1")).response);
  ASSERT_EQ(second.root().size(), 1U);
  EXPECT_EQ(second.root().at(0)["id"].string_or("a"), all.root().at(1)["id"].string_or("b"));
  EXPECT_GT(all.root().at(0)["createdAt"].integer().value_or(0), 1'600'000'000'000);
  EXPECT_EQ(lever(app, get("/v0/postings/corvanemarkets/" + all.root().at(0)["id"].string_or("")))
              .response.status,
            200);
  EXPECT_EQ(lever(app, get("/v0/postings/nobody?mode=json")).response.status, 404);
  EXPECT_TRUE(
    lever(app, get("/v0/postings/corvanemarkets")).response.bytes().starts_with("<!doctype"));
}

TEST(Feed, IsStableAndAnswersConditionalRequests) {
  App app{{}};
  auto first = feed(app, get("/feeds/jobs.rss")).response;
  EXPECT_EQ(first.status, 200);
  auto request = get("/feeds/jobs.rss");
  request.headers.set("if-none-match", first.headers.value("etag"));
  EXPECT_EQ(feed(app, request).response.status, 304);
  auto dated = get("/feeds/jobs.rss");
  dated.headers.set("if-modified-since", first.headers.value("last-modified"));
  EXPECT_EQ(feed(app, dated).response.status, 304);
  app.postings.remove(app.postings.of("rss").front()->key);
  EXPECT_EQ(feed(app, request).response.status, 200);
}

TEST(Feed, HoldsABadItemOnlyWhenAsked) {
  App app{{}};
  auto count = [](std::string_view text) {
    std::size_t items = 0;
    for (auto at = text.find("<item>"); at != std::string_view::npos;
         at = text.find("<item>", at + 1))
      ++items;
    return items;
  };
  auto good = feed(app, get("/feeds/jobs.rss")).response,
       bad = feed(app, get("/feeds/jobs.rss?bad=1")).response;
  EXPECT_EQ(good.bytes().find("MOON"), std::string_view::npos);
  EXPECT_NE(bad.bytes().find("MOON"), std::string_view::npos);
  EXPECT_EQ(count(bad.bytes()), count(good.bytes()) + 1);
  EXPECT_EQ(count(good.bytes()), app.postings.of("rss").size());
}

}  // namespace
}  // namespace jobraker::sandbox
