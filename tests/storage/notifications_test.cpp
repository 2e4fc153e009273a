#include "storage/notifications.hpp"

#include <set>

#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;
using test::start;

struct NotificationsTest : test::SampleTest {
  void SetUp() override {
    SampleTest::SetUp();
    if (!db)
      return;
    ada = person("ada@example.com");
    bob = person("bob@example.com");
  }
  static NewNotification tell(UserId user, const std::string& key) {
    return {user, "status_change", "Title " + key, "Text.", "application", "42", key};
  }
  bool add(NewNotification n, Time at = start) {
    return must(run(add_notification(*db, std::move(n), at)));
  }
  NotificationPage list(UserId user, ListNotifications query = {}) {
    return must(run(list_notifications(*db, user, query)));
  }
  static std::vector<std::string> titles(const NotificationPage& page) {
    std::vector<std::string> all;
    for (const auto& n : page.items)
      all.push_back(n.title);
    return all;
  }
  using Titles = std::vector<std::string>;
  UserId ada{};
  UserId bob{};
};

TEST_F(NotificationsTest, WhatIsAddedIsListed) {
  EXPECT_TRUE(add(tell(ada, "k")));
  auto page = list(ada);
  ASSERT_EQ(page.items.size(), 1u);
  const auto& n = page.items.front();
  EXPECT_EQ(n.user, ada);
  EXPECT_EQ(n.kind, "status_change");
  EXPECT_EQ(n.title, "Title k");
  EXPECT_EQ(n.text, "Text.");
  EXPECT_EQ(n.subject_type, "application");
  EXPECT_EQ(n.subject_id, "42");
  EXPECT_EQ(n.created_at, start);
  EXPECT_EQ(n.read_at, std::nullopt);
  EXPECT_EQ(page.unread, 1);
  EXPECT_EQ(page.next, std::nullopt);
  EXPECT_TRUE(list(bob).items.empty());
}

TEST_F(NotificationsTest, AKeyIsToldOnceToEachPerson) {
  EXPECT_TRUE(add(tell(ada, "k")));
  auto again = tell(ada, "k");
  again.title = "Something else";
  EXPECT_FALSE(add(again, start + 1h));
  EXPECT_TRUE(add(tell(bob, "k")));
  EXPECT_EQ(titles(list(ada)), Titles{"Title k"}) << "the first one stays";
  EXPECT_TRUE(add(tell(ada, "")));
  EXPECT_TRUE(add(tell(ada, ""))) << "without a key each is new";
  EXPECT_EQ(list(ada).items.size(), 3u);
}

TEST_F(NotificationsTest, ABatchAnswersWhatIsNew) {
  add(tell(ada, "b"));
  auto made =
    must(run(add_notifications(*db,
                               {tell(ada, "a"), tell(ada, "b"), tell(bob, "b"), tell(bob, "b"),
                                tell(UserId::fresh(), "a"), tell(ada, "")},
                               start)));
  std::multiset<std::pair<UserId, std::string>> told;
  for (const auto& n : made)
    told.emplace(n.user, n.title);
  EXPECT_EQ(told, (std::multiset<std::pair<UserId, std::string>>{
                    {ada, "Title a"}, {ada, "Title "}, {bob, "Title b"}}))
    << "once each, and nobody who is not there";
  auto stored = sql("SELECT count(*) FROM notifications");
  EXPECT_EQ(stored.front().get<int>(0), 4);
  EXPECT_TRUE(must(run(add_notifications(*db, {}, start))).empty());
  EXPECT_FALSE(add(tell(UserId::fresh(), "a")));
}

TEST_F(NotificationsTest, BatchesThatMeetDoNotDeadlock) {
  std::vector<NewNotification> forth, back;
  for (int i = 0; i < 50; ++i)
    forth.push_back(tell(i % 2 ? ada : bob, "k" + std::to_string(i)));
  back.assign(forth.rbegin(), forth.rend());
  std::vector<std::shared_ptr<std::optional<Result<std::vector<Notification>>>>> all;
  for (int i = 0; i < 16; ++i)
    all.push_back(loop.spawn(add_notifications(*db, i % 2 ? forth : back, start)));
  loop.run_until([&] {
    return std::all_of(all.begin(), all.end(), [](auto& one) { return one->has_value(); });
  });
  std::size_t made = 0;
  for (auto& one : all)
    made += must(std::move(**one)).size();
  EXPECT_EQ(made, forth.size());
}

TEST_F(NotificationsTest, OneThatRollsBackWasNeverThere) {
  auto done = run(db->transaction([&](Transaction& inside) -> task<Done> {
    auto added = co_await add_notification(inside, tell(ada, "k"), start);
    EXPECT_TRUE(added && *added);
    co_return fail(Errc::conflict, "no");
  }));
  EXPECT_FALSE(done);
  EXPECT_TRUE(list(ada).items.empty());
  EXPECT_TRUE(add(tell(ada, "k")));
}

TEST_F(NotificationsTest, PagesGoBackInTime) {
  Titles expected;
  for (int i = 0; i < 7; ++i) {
    // Three at each moment: the id decides among them.
    add(tell(ada, std::to_string(i)), start + (i / 3) * 1h);
    add(tell(bob, std::to_string(i)), start);
  }
  ListNotifications query{.limit = 2};
  std::vector<Notification> seen;
  for (int pages = 0;; ++pages) {
    ASSERT_LT(pages, 5);
    auto page = list(ada, query);
    EXPECT_EQ(page.unread, 7);
    seen.insert(seen.end(), page.items.begin(), page.items.end());
    if (!page.next)
      break;
    query.cursor = page.next;
  }
  ASSERT_EQ(seen.size(), 7u);
  for (std::size_t i = 1; i < seen.size(); ++i)
    EXPECT_GT((std::pair{seen[i - 1].created_at, seen[i - 1].id}),
              (std::pair{seen[i].created_at, seen[i].id}));
  EXPECT_EQ(list(ada, {.limit = 100}).items, seen);
  EXPECT_EQ(error_of(run(list_notifications(*db, ada, {.cursor = "nonsense"}))), Errc::invalid);
}

TEST_F(NotificationsTest, ReadingTwiceIsReadingOnce) {
  add(tell(ada, "a"));
  add(tell(ada, "b"), start + 1min);
  auto id = list(ada).items.front().id;
  EXPECT_EQ(error_of(run(read_notification(*db, bob, id, start + 1h))), Errc::not_found);
  EXPECT_EQ(error_of(run(read_notification(*db, ada, NotificationId::fresh(), start))),
            Errc::not_found);
  auto read = must(run(read_notification(*db, ada, id, start + 1h)));
  EXPECT_EQ(read.read_at, start + 1h);
  EXPECT_EQ(must(run(read_notification(*db, ada, id, start + 2h))), read);
  EXPECT_EQ(titles(list(ada, {.unread = true})), Titles{"Title a"});
  EXPECT_EQ(titles(list(ada)), (Titles{"Title b", "Title a"}));
  EXPECT_EQ(must(run(unread_notifications(*db, ada))), 1);
  EXPECT_EQ(list(ada).unread, 1);
}

TEST_F(NotificationsTest, AllAreReadAtOnceButTheirs) {
  for (auto key : {"a", "b", "c"})
    add(tell(ada, key));
  add(tell(ada, "later"), start + 2h);
  add(tell(bob, "a"));
  must(run(read_notification(*db, ada, list(ada).items.back().id, start)));
  EXPECT_EQ(must(run(read_all_notifications(*db, ada, start + 1h))), 2u);
  EXPECT_EQ(must(run(read_all_notifications(*db, ada, start + 1h))), 0u);
  EXPECT_EQ(titles(list(ada, {.unread = true})), Titles{"Title later"});
  EXPECT_EQ(list(bob).unread, 1);
}

TEST_F(NotificationsTest, OldOnesAreDeleted) {
  for (int i = 0; i < 5; ++i)
    add(tell(ada, std::to_string(i)), start + i * 1h);
  EXPECT_EQ(must(run(purge_notifications(*db, start + 3h, 2))), 2u);
  EXPECT_EQ(titles(list(ada)), (Titles{"Title 4", "Title 3", "Title 2"})) << "the oldest first";
  EXPECT_EQ(must(run(purge_notifications(*db, start + 3h, 100))), 1u);
  EXPECT_EQ(must(run(purge_notifications(*db, start + 3h, 100))), 0u);
  sql("DELETE FROM users WHERE id = $1", {ada});
  EXPECT_EQ(sql("SELECT count(*) FROM notifications").front().get<int>(0), 0);
}

TEST_F(NotificationsTest, LongTextsAreCutBetweenCharacters) {
  auto n = tell(ada, "k");
  n.title.clear();
  for (int i = 0; i < 200; ++i)
    n.title += "ü";
  n.text = std::string(2000, 'x');
  EXPECT_TRUE(add(n));
  auto stored = list(ada).items.front();
  EXPECT_LE(stored.title.size(), 300u);
  EXPECT_GT(stored.title.size(), 290u);
  EXPECT_TRUE(stored.title.ends_with("ü…"));
  EXPECT_EQ(stored.text, n.text);
  n = tell(ada, "other");
  n.title.clear();
  EXPECT_EQ(error_of(run(add_notification(*db, n, start))), Errc::invalid);
}

}  // namespace
}  // namespace jobraker
