#include "actors/inspection/core/rows.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "actors/inspection/core/paths.hpp"

namespace jobraker::inspection {
namespace {

const OldestPending nothing_pending{};

struct Actor {
  std::string path;
  Sample sample;
};

Actor actor(std::string path, std::uint64_t id, std::uint64_t mailbox = 0) {
  Actor out{std::move(path), {}};
  out.sample.id = id;
  out.sample.kind = "kind";
  out.sample.mailbox = mailbox;
  return out;
}

RowSelector::Page select(const std::vector<Actor>& actors, const GetActors& query,
                         const OldestPending& pending = nothing_pending) {
  auto selector = RowSelector::make(query, 1'000'000'000, pending);
  if (!selector)
    throw std::runtime_error(selector.error().detail);
  for (const auto& one : actors) {
    auto sample = one.sample;
    sample.path = one.path;
    selector->offer(sample);
  }
  return selector->finish();
}

/// Actors with few paths and figures, so that many are equal.
std::vector<Actor> some_actors(std::uint64_t first_id) {
  std::vector<Actor> out;
  auto id = first_id;
  const auto count = *rc::gen::inRange(0, 40);
  for (int i = 0; i < count; ++i) {
    auto& a = out.emplace_back(actor("/" + std::to_string(*rc::gen::inRange(0, 5)) + "/" +
                                       std::to_string(*rc::gen::inRange(0, 9)),
                                     id++, static_cast<std::uint64_t>(*rc::gen::inRange(0, 3))));
    a.sample.handled = static_cast<std::uint64_t>(*rc::gen::inRange(0, 4));
    a.sample.running = *rc::gen::arbitrary<bool>();
    a.sample.born_s = static_cast<std::uint32_t>(*rc::gen::inRange(0, 3));
  }
  return out;
}

GetActors some_query() {
  GetActors query;
  query.sort = static_cast<ActorSort>(*rc::gen::inRange(0, 11));
  if (*rc::gen::arbitrary<bool>())
    query.order = *rc::gen::arbitrary<bool>() ? SortOrder::asc : SortOrder::desc;
  query.limit = *rc::gen::inRange(1, 8);
  return query;
}

RC_GTEST_PROP(ActorRows, PagesPutTogetherAreTheWholeListInOrder, ()) {
  auto actors = some_actors(1);
  auto query = some_query();
  auto whole = query;
  whole.limit = 1000;
  const auto all = select(actors, whole);
  RC_ASSERT(all.rows.size() == actors.size());
  RC_ASSERT(!all.next);
  std::vector<std::uint64_t> expected, got;
  for (const auto& row : all.rows)
    expected.push_back(row.sample.id);
  for (;;) {
    std::rotate(actors.begin(), actors.begin() + static_cast<std::ptrdiff_t>(actors.size() / 2),
                actors.end());  // whatever the order of the scan
    const auto page = select(actors, query);
    RC_ASSERT(page.total == static_cast<std::int64_t>(actors.size()));
    RC_ASSERT(page.rows.size() <= static_cast<std::size_t>(query.limit));
    for (const auto& row : page.rows)
      got.push_back(row.sample.id);
    if (!page.next)
      break;
    query.cursor = page.next;
  }
  RC_ASSERT(got == expected);
}

RC_GTEST_PROP(ActorRows, SkippedOnesAreThoseOfThePagesBefore, ()) {
  const auto actors = some_actors(1);
  auto query = some_query();
  auto whole = query;
  whole.limit = 1000;
  const auto all = select(actors, whole).rows;
  query.skip = *rc::gen::inRange(0, 45);
  const auto page = select(actors, query);
  const auto skip = std::min(static_cast<std::size_t>(query.skip), all.size());
  const auto size = std::min(static_cast<std::size_t>(query.limit), all.size() - skip);
  RC_ASSERT(page.total == static_cast<std::int64_t>(actors.size()));
  RC_ASSERT(page.rows.size() == size);
  for (std::size_t i = 0; i < size; ++i)
    RC_ASSERT(page.rows[i].sample.id == all[skip + i].sample.id);
  RC_ASSERT(page.next.has_value() == (skip + size < all.size()));
  if (!page.next)
    return;
  query.skip = 0;
  query.cursor = page.next;
  RC_ASSERT(select(actors, query).rows.front().sample.id == all[skip + size].sample.id);
}

RC_GTEST_PROP(ActorRows, WhoLivesAllTheTimeIsOnExactlyOnePage, ()) {
  auto stay = some_actors(1);
  auto query = some_query();
  std::multiset<std::uint64_t> met;
  std::uint64_t next_id = 1000;
  do {
    auto now = stay;
    for (auto& born : some_actors(next_id))
      now.push_back(born);
    next_id += 100;
    const auto page = select(now, query);
    for (const auto& row : page.rows)
      met.insert(row.sample.id);
    query.cursor = page.next;
  } while (query.cursor);
  for (const auto& one : stay)
    RC_ASSERT(met.count(one.sample.id) == 1u);
}

RC_GTEST_PROP(ActorRows, FiguresAreInOrder, ()) {
  GetActors query;
  query.sort = ActorSort::mailbox;
  query.limit = 1000;
  const auto down = select(some_actors(1), query).rows;
  RC_ASSERT(std::is_sorted(down.begin(), down.end(), [](const auto& a, const auto& b) {
    return a.sample.mailbox > b.sample.mailbox;
  }));
}

TEST(ActorRows, AreThoseThatAreAskedFor) {
  std::vector<Actor> actors{actor("/users/1", 1), actor("/users", 2), actor("/users2/1", 3),
                            actor("/users/1/deep", 4, 7)};
  actors[0].sample.kind = "user";
  const auto ids = [&](const GetActors& query, const OldestPending& pending = nothing_pending) {
    std::set<std::uint64_t> out;
    for (const auto& row : select(actors, query, pending).rows)
      out.insert(row.sample.id);
    return out;
  };
  using Ids = std::set<std::uint64_t>;
  GetActors query;
  query.path = "/users/";
  EXPECT_EQ(ids(query), (Ids{1, 2, 4}));
  query.path = "users/1";
  EXPECT_EQ(ids(query), (Ids{1, 4}));
  query = {};
  query.kind = "user";
  EXPECT_EQ(ids(query), (Ids{1}));
  query = {};
  query.q = "s2/";
  EXPECT_EQ(ids(query), (Ids{3}));
  query = {};
  query.state = ActorState::queued;
  EXPECT_EQ(ids(query), (Ids{4}));
  query.state = ActorState::waiting;
  EXPECT_EQ(ids(query), Ids{});
  Pending sql;
  sql.cause.actor = 3;
  EXPECT_EQ(ids(query, oldest_pending({sql})), (Ids{3}));
}

TEST(ActorRows, ACursorBelongsToItsOrder) {
  std::vector<Actor> actors{actor("/a", 1), actor("/b", 2)};
  GetActors query;
  query.limit = 1;
  query.cursor = select(actors, query).next;
  ASSERT_TRUE(query.cursor);
  EXPECT_TRUE(RowSelector::make(query, 0, nothing_pending));
  query.sort = ActorSort::busy;
  for (const char* wrong : {query.cursor->c_str(), "", "path", "path.asc.1.2", "path.asc.x.1./a",
                            "busy.desc..1./a", "busy.desc.99999999999999999999.1./a"}) {
    query.cursor = wrong;
    EXPECT_FALSE(RowSelector::make(query, 0, nothing_pending)) << wrong;
  }
}

TEST(ActorStates, AreTheFirstThatHolds) {
  Sample s;
  EXPECT_EQ(state_of(s, false), ActorState::idle);
  EXPECT_EQ(state_of(s, true), ActorState::waiting);
  s.awaits = 1;
  EXPECT_EQ(state_of(s, false), ActorState::waiting);
  s.mailbox = 1;
  EXPECT_EQ(state_of(s, true), ActorState::queued);
  s.running = true;
  EXPECT_EQ(state_of(s, true), ActorState::running);
  s.draining = true;
  EXPECT_EQ(state_of(s, true), ActorState::draining);
  s.paused = true;
  EXPECT_EQ(state_of(s, true), ActorState::paused);
}

TEST(ActorStates, MeansAndTimesNeedAMessage) {
  Sample s;
  s.waited_us = 90;
  EXPECT_EQ(mean_wait_us(s), 0u);
  s.handled = 2;
  s.mailbox = 1;
  EXPECT_EQ(mean_wait_us(s), 30u);
  s.last_ns = 5000;
  EXPECT_EQ(running_us(s, 9000), 0);
  s.running = true;
  EXPECT_EQ(running_us(s, 9000), 4);
  EXPECT_EQ(running_us(s, 4000), 0);
}

TEST(WaitingText, IsOneShortLine) {
  struct Case {
    SpanKind kind;
    std::string name;
    std::string text;
  };
  const std::vector<Case> cases{
    {SpanKind::statement, "\n  SELECT a,\n\t b FROM c ", "sql SELECT a, b FROM c"},
    {SpanKind::statement, "SELECT " + std::string(200, 'x'), "sql SELECT " + std::string(73, 'x')},
    {SpanKind::statement, "/* last */\n  UPDATE a ", "sql UPDATE a"},
    {SpanKind::statement, "/* no end", "sql /* no end"},
    {SpanKind::call, "GET api.openai.com", "call GET api.openai.com"},
    {SpanKind::work, "work pool", "work pool"},
    {SpanKind::work, "", "work pool"},
    {SpanKind::request, "GET /x", "request GET /x"},
  };
  for (const auto& one : cases)
    EXPECT_EQ(waiting_text(one.kind, one.name), one.text);
  std::string accents;
  for (int i = 0; i < 100; ++i)
    accents += "é";
  EXPECT_EQ(waiting_text(SpanKind::work, accents), accents.substr(0, 160)) << "whole characters";
}

TEST(WaitingText, OfTheOldest) {
  const auto pending = [](std::uint64_t actor, std::int64_t began, std::string_view name) {
    Pending out;
    out.cause.actor = actor;
    out.began_ns = began;
    out.name = name;
    return out;
  };
  const auto oldest = oldest_pending(
    {pending(1, 20, "b"), pending(1, 10, "a"), pending(1, 30, "c"), pending(0, 1, "nobody's")});
  ASSERT_EQ(oldest.size(), 1u);
  EXPECT_EQ(oldest.at(1).name, "a");
}

TEST(ActorPaths, AreNormal) {
  EXPECT_EQ(normal_path(""), "/");
  EXPECT_EQ(normal_path("/"), "/");
  EXPECT_EQ(normal_path("users/1"), "/users/1");
  EXPECT_EQ(normal_path("//users/"), "/users");
  EXPECT_EQ(parent_of("/users/1"), "/users");
  EXPECT_EQ(parent_of("/users"), "/");
  EXPECT_EQ(parent_of("/"), "/");
  EXPECT_TRUE(is_under("/users", "/"));
  EXPECT_FALSE(is_under("/users2", "/users"));
}

}  // namespace
}  // namespace jobraker::inspection
