#include "storage/knowledge.hpp"

#include "storage/chunks.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;
using test::start;

struct KnowledgeTest : test::SampleTest {
  void SetUp() override {
    SampleTest::SetUp();
    if (db)
      author = person();
  }
  Article add(const std::string& title, const std::string& body = "Text.",
              std::vector<std::string> tags = {}, Audience audience = Audience::all) {
    at += std::chrono::seconds{1};
    return must(
      run(create_article(*db, {title, body, std::move(tags), std::nullopt, audience}, author, at)));
  }
  std::vector<std::string> titles(ListArticles query, Role reader = Role::admin) {
    std::vector<std::string> all;
    do {
      auto page = must(run(list_articles(*db, reader, query)));
      EXPECT_LE(page.items.size(), static_cast<std::size_t>(query.limit));
      for (auto& item : page.items)
        all.push_back(item.title);
      query.cursor = page.next;
    } while (query.cursor);
    return all;
  }
  static ListArticles by(std::optional<std::string> q, std::optional<std::string> tag = {},
                         std::int64_t limit = 100) {
    return {std::move(q), std::move(tag), std::nullopt, limit};
  }
  UserId author{};
  Time at = start;
};

TEST_F(KnowledgeTest, ArticlesAreStoredAsWritten) {
  SaveArticle written{"Salaries & \"offers\"",
                      "# One\n\nTwo ✓",
                      {"money", "C++, \"x\""},
                      "https://example.com/a",
                      Audience::seeker};
  auto made = must(run(create_article(*db, written, author, start)));
  EXPECT_EQ(made.title, written.title);
  EXPECT_EQ(made.body, written.body);
  EXPECT_EQ(made.tags, written.tags);
  EXPECT_EQ(made.url, written.url);
  EXPECT_EQ(made.audience, Audience::seeker);
  EXPECT_EQ(made.author, author);
  EXPECT_EQ(made.version, 1);
  EXPECT_EQ(made.created_at, start);
  EXPECT_EQ(must(run(find_article(*db, made.id))), made);
}

TEST_F(KnowledgeTest, ChangesNeedTheVersionTheyWereMadeFrom) {
  auto made = add("Old", "Old text.");
  SaveArticle news{"New", "New text.", {}, std::nullopt, std::nullopt};
  EXPECT_EQ(error_of(run(replace_article(*db, made.id, std::vector<std::int64_t>{2}, news, at))),
            Errc::precondition_failed);
  EXPECT_EQ(error_of(run(replace_article(*db, made.id, std::vector<std::int64_t>{}, news, at))),
            Errc::precondition_failed);
  EXPECT_EQ(must(run(find_article(*db, made.id))).title, "Old");
  auto changed =
    must(run(replace_article(*db, made.id, std::vector<std::int64_t>{7, 1}, news, at)));
  EXPECT_EQ(changed.version, 2);
  EXPECT_EQ(changed.title, "New");
  EXPECT_EQ(changed.created_at, made.created_at);
  EXPECT_EQ(must(run(replace_article(*db, made.id, std::nullopt, news, at))).version, 2)
    << "what says nothing new is no change";
  news.tags = {"t"};
  EXPECT_EQ(must(run(replace_article(*db, made.id, std::nullopt, news, at))).version, 3);
  EXPECT_EQ(error_of(run(replace_article(*db, ArticleId::fresh(), std::nullopt, news, at))),
            Errc::not_found);
}

TEST_F(KnowledgeTest, OfTwoChangesOfOneVersionOneIsTold) {
  auto made = add("Old");
  auto change = [&](const std::string& title) {
    return replace_article(*db, made.id, std::vector<std::int64_t>{1},
                           {title, "Text.", {}, std::nullopt, std::nullopt}, at);
  };
  auto a = loop.spawn(change("A"));
  auto b = loop.spawn(change("B"));
  loop.run_until([&] { return a->has_value() && b->has_value(); });
  ASSERT_NE((*a)->has_value(), (*b)->has_value());
  EXPECT_EQ((**a ? *b : *a)->error().code, Errc::precondition_failed);
}

TEST_F(KnowledgeTest, ReadersFindWhatIsForThem) {
  auto all = add("all");
  auto seekers = add("seekers", "Text.", {}, Audience::seeker);
  auto employers = add("employers", "Text.", {}, Audience::employer);
  EXPECT_EQ(titles(by({}), Role::seeker), (std::vector<std::string>{"seekers", "all"}));
  EXPECT_EQ(titles(by({}), Role::employer), (std::vector<std::string>{"employers", "all"}));
  EXPECT_EQ(titles(by({}), Role::admin), (std::vector<std::string>{"employers", "seekers", "all"}));
  EXPECT_EQ(titles(by("text"), Role::seeker).size(), 2u);
  EXPECT_EQ(error_of(run(find_article(*db, employers.id, Role::seeker))), Errc::not_found);
  EXPECT_TRUE(run(find_article(*db, employers.id, Role::admin)));
  EXPECT_TRUE(run(find_article(*db, seekers.id, Role::seeker)));
  EXPECT_TRUE(run(find_article(*db, all.id, Role::employer)));
}

TEST_F(KnowledgeTest, ListsFindWordsAndTags) {
  add("Negotiating", "How to ask for more money.", {"Salary"});
  add("Interviews", "Negotiating comes later.", {"interview", "salary"});
  add("Résumés", "Keep it short.", {"resume"});
  EXPECT_EQ(titles(by("negotiate")), (std::vector<std::string>{"Negotiating", "Interviews"}))
    << "the title counts more";
  EXPECT_EQ(titles(by("resume")), std::vector<std::string>{"Résumés"}) << "tags count";
  EXPECT_EQ(titles(by({}, "SALARY")), (std::vector<std::string>{"Interviews", "Negotiating"}));
  EXPECT_EQ(titles(by("later", "salary")), std::vector<std::string>{"Interviews"});
  EXPECT_TRUE(titles(by({}, "sal")).empty());
  EXPECT_TRUE(titles(by("nothing")).empty());
}

TEST_F(KnowledgeTest, PagesHoldEverythingOnce) {
  std::vector<std::string> made;
  for (int i = 0; i < 7; ++i)
    made.push_back(add("Article " + std::to_string(i)).title);
  std::reverse(made.begin(), made.end());
  for (std::int64_t limit : {1, 2, 3, 7, 100}) {
    EXPECT_EQ(titles(by({}, {}, limit)), made);
    auto found = titles(by("article", {}, limit));
    std::sort(found.rbegin(), found.rend());
    EXPECT_EQ(found, made);
  }
  for (const char* bad : {"", "x", "-1", "5000", "1 "}) {
    auto query = by("article");
    query.cursor = bad;
    EXPECT_EQ(error_of(run(list_articles(*db, Role::admin, query))), Errc::invalid) << bad;
    query.q.reset();
    EXPECT_EQ(error_of(run(list_articles(*db, Role::admin, query))), Errc::invalid) << bad;
  }
}

TEST_F(KnowledgeTest, AllAreWalkedInOrderOfId) {
  std::vector<ArticleId> made;
  for (int i = 0; i < 5; ++i)
    made.push_back(add("x").id);
  std::sort(made.begin(), made.end());
  std::vector<ArticleId> walked;
  std::optional<ArticleId> after;
  for (;;) {
    auto page = must(run(articles_page(*db, after, 2)));
    if (page.empty())
      break;
    for (auto& article : page)
      walked.push_back(article.id);
    after = walked.back();
  }
  EXPECT_EQ(walked, made);
}

TEST_F(KnowledgeTest, PassagesGoWithTheirArticleAndArticlesStayWithoutTheirAuthor) {
  auto made = add("x");
  Chunk chunk;
  chunk.title = "x";
  chunk.text = "Text.";
  must(run(replace_chunks(*db, ChunkKind::article, made.id.uuid, {chunk}, "", "h")));
  sql("DELETE FROM users WHERE id = $1", {author});
  EXPECT_EQ(must(run(find_article(*db, made.id))).author, std::nullopt);
  must(run(delete_article(*db, made.id)));
  EXPECT_EQ(error_of(run(delete_article(*db, made.id))), Errc::not_found);
  EXPECT_EQ(error_of(run(find_article(*db, made.id))), Errc::not_found);
  EXPECT_EQ(sql("SELECT count(*) FROM chunks").front().get<int>(0), 0);
}

}  // namespace
}  // namespace jobraker
