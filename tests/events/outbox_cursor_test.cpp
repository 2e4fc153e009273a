#include "actors/events/core/outbox_cursor.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jobraker::events {
namespace {

/// Writers, a table, a reader, and transactions that have nothing to do with the table. A writer
/// has its transaction id before its number; writers of one key wait for each other, others commit
/// in any order.
class World {
public:
  explicit World(std::size_t gaps_max) : cursor(gaps_max) {}

  void begin(int key) {
    if (!open.contains(key)) {
      auto xid = ++last_xid;
      open[key] = {xid, ++last_seq};
    }
  }
  /// Its transaction id now, its number later.
  void begin_slowly(int key) {
    if (!open.contains(key))
      open[key] = {++last_xid, 0};
  }
  void end(int key, bool commit) {
    auto at = open.find(key);
    if (at == open.end())
      return;
    auto seq = at->second.seq ? at->second.seq : ++last_seq;
    if (commit) {
      table[seq] = key_of[seq] = key;
      committed[key].push_back(seq);
    }
    open.erase(at);
  }
  /// What PostgreSQL answers at this moment.
  OutboxFound look(const OutboxRead& read, std::size_t limit) const {
    OutboxFound found;
    found.xmax = found.xmin = last_xid + 1;
    for (const auto& [key, writer] : open)
      found.xmin = std::min(found.xmin, writer.xid);
    std::size_t above = 0;
    for (const auto& [seq, key] : table)
      if (std::count(read.gaps.begin(), read.gaps.end(), seq) > 0 ||
          (seq > read.after && above++ < limit))
        found.seqs.push_back(seq);
    return found;
  }
  /// PostgreSQL has looked; its answer comes later.
  void begin_read(std::size_t limit) {
    if (out)
      return;
    auto next = cursor.next();
    auto seen = look(next, limit);
    out = {std::move(next), std::move(seen)};
  }
  void end_read() {
    if (!out)
      return;
    auto [next, seen] = *std::exchange(out, {});
    for (auto seq : cursor.found(next, seen)) {
      told[key_of.at(seq)].push_back(seq);
      in_hand.push_back(seq);
    }
  }
  void read(std::size_t limit) {
    begin_read(limit);
    end_read();
  }
  void remove(std::size_t count) {
    count = std::min(count, in_hand.size());
    std::vector<std::int64_t> gone{in_hand.begin(), in_hand.begin() + static_cast<long>(count)};
    for (auto seq : gone)
      table.erase(seq);
    cursor.removed(gone);
    in_hand.erase(in_hand.begin(), in_hand.begin() + static_cast<long>(count));
  }

  struct Writer {
    std::int64_t xid = 0;
    std::int64_t seq = 0;
  };
  OutboxCursor cursor;
  std::int64_t last_xid = 100;
  std::int64_t last_seq = 0;
  std::map<int, Writer> open;
  std::map<std::int64_t, int> table, key_of;
  std::optional<std::pair<OutboxRead, OutboxFound>> out;
  std::map<int, std::vector<std::int64_t>> committed, told;
  std::vector<std::int64_t> in_hand;
};

RC_GTEST_PROP(OutboxCursor, TellsEveryCommittedRowOnceAndEachKeyInOrder, ()) {
  World world{*rc::gen::inRange<std::size_t>(0, 5)};
  auto steps =
    *rc::gen::scale(3, rc::gen::container<std::vector<std::pair<int, int>>>(
                         rc::gen::pair(rc::gen::inRange(0, 12), rc::gen::inRange(0, 6))));
  // What was there before: numbers do not begin at one.
  world.last_seq = *rc::gen::inRange<std::int64_t>(0, 20);
  for (auto [what, key] : steps) {
    if (what < 2)
      world.begin(key);
    else if (what == 2)
      world.begin_slowly(key);
    else if (what < 6)
      world.end(key, what != 5);
    else if (what < 8)
      world.begin_read(static_cast<std::size_t>(key) + 1);
    else if (what < 10)
      world.end_read();
    else
      world.remove(static_cast<std::size_t>(key));
  }
  for (int key = 0; key < 6; ++key)
    world.end(key, true);
  for (int i = 0; i < 2000 && world.told != world.committed; ++i) {
    world.read(3);
    world.remove(2);
  }
  RC_ASSERT(world.told == world.committed);
}

RC_GTEST_PROP(OutboxCursor, TellsAgainInOrderWhatWasLost, ()) {
  World world{2000};
  for (auto key :
       *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4)))) {
    world.begin(key);
    world.end(key, true);
  }
  auto rows = world.table.size();
  world.read(rows);
  RC_ASSERT(world.cursor.in_hand() == rows);
  // A read that was under way when the publisher was lost must not be believed.
  auto stale = world.cursor.next();
  std::set<std::int64_t> kept;
  for (const auto& [seq, key] : world.table)
    if (*rc::gen::arbitrary<bool>())
      kept.insert(seq);
  world.cursor.forget_all_but(kept);
  RC_ASSERT(world.cursor.found(stale, world.look(stale, rows)).empty());
  std::vector<std::int64_t> expected, again;
  for (const auto& [seq, key] : world.table)
    if (!kept.contains(seq))
      expected.push_back(seq);
  for (std::size_t i = 0; i < rows + 1; ++i) {
    auto next = world.cursor.next();
    for (auto seq : world.cursor.found(next, world.look(next, 2)))
      again.push_back(seq);
  }
  RC_ASSERT(again == expected);
}

TEST(OutboxCursor, WhatWasRemovedWhileAReadWasOutIsNotFoundAnew) {
  OutboxCursor cursor;
  EXPECT_EQ(cursor.found(cursor.next(), {{1, 2, 3}, 10, 11}).size(), 3u);
  auto read = cursor.next();
  cursor.removed({1, 2, 3});
  EXPECT_EQ(cursor.found(read, {{1, 2, 3, 4}, 12, 13}), std::vector<std::int64_t>{4});
  EXPECT_EQ(cursor.in_hand(), 1u);
  // Remembered for that read only: the next one has begun after they went.
  auto failed = cursor.next();
  cursor.removed({4});
  EXPECT_EQ(cursor.found(cursor.next(), {{5}, 14, 15}), std::vector<std::int64_t>{5});
  EXPECT_TRUE(cursor.found(failed, {{}, 14, 15}).empty());
}

TEST(OutboxCursor, AsksForMissingNumbersUntilNobodyCanBringThem) {
  OutboxCursor cursor{10};
  EXPECT_EQ(cursor.next().after, 0);
  EXPECT_EQ(cursor.found(cursor.next(), {{1, 2}, 50, 50}), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(cursor.next().after, 2);
  // 3 and 4 are missing; transactions 51 to 53 may own them.
  EXPECT_EQ(cursor.found(cursor.next(), {{5}, 51, 54}), std::vector<std::int64_t>{5});
  EXPECT_EQ(cursor.next().gaps, (std::vector<std::int64_t>{3, 4}));
  EXPECT_EQ(cursor.found(cursor.next(), {{3}, 53, 60}), std::vector<std::int64_t>{3});
  EXPECT_EQ(cursor.next().gaps, std::vector<std::int64_t>{4});
  EXPECT_TRUE(cursor.found(cursor.next(), {{}, 54, 60}).empty());
  EXPECT_TRUE(cursor.next().gaps.empty());
  EXPECT_EQ(cursor.next().after, 5);
}

TEST(OutboxCursor, JumpsOverALargeHoleWhenItIsSettled) {
  OutboxCursor cursor{10};
  EXPECT_EQ(cursor.found(cursor.next(), {{1}, 50, 50}).size(), 1u);
  EXPECT_EQ(cursor.found(cursor.next(), {{100'000}, 51, 54}).size(), 1u);
  EXPECT_EQ(cursor.next().after, 1);
  EXPECT_TRUE(cursor.found(cursor.next(), {{100'000}, 52, 54}).empty());
  EXPECT_EQ(cursor.next().after, 1);
  EXPECT_TRUE(cursor.found(cursor.next(), {{100'000}, 54, 58}).empty());
  EXPECT_EQ(cursor.next().after, 100'000);
}

}  // namespace
}  // namespace jobraker::events
