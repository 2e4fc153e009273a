#include <algorithm>
#include <map>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/llm/core/queue.hpp"

namespace jobraker::llm {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

const Moment start = Moment{} + 1h;

QueueItem item(std::int64_t id, Priority priority = Priority::interactive,
               std::string tenant = "") {
  return {.id = id, .tenant = std::move(tenant), .priority = priority};
}

std::vector<std::int64_t> drain(CallQueue& queue, Moment now) {
  std::vector<std::int64_t> out;
  while (auto next = queue.pop(now))
    out.push_back(next->id);
  return out;
}

TEST(CallQueue, AmongEqualsFirstComeFirstServed) {
  CallQueue queue;
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(queue.push(item(i), start));
  EXPECT_EQ(drain(queue, start), (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
}

TEST(CallQueue, PersonsBeforeBatchesBeforeTheNight) {
  CallQueue queue;
  ASSERT_TRUE(queue.push(item(1, Priority::night), start));
  ASSERT_TRUE(queue.push(item(2, Priority::batch), start));
  ASSERT_TRUE(queue.push(item(3, Priority::interactive), start));
  EXPECT_EQ(queue.front()->id, 3);
  EXPECT_EQ(drain(queue, start), (std::vector<std::int64_t>{3, 2, 1}));
}

TEST(CallQueue, WhoHasWaitedLongEnoughIsNotOvertaken) {
  CallQueue queue;
  ASSERT_TRUE(queue.push(item(1, Priority::batch), start));
  ASSERT_TRUE(queue.push(item(2), start + 14s));
  ASSERT_TRUE(queue.push(item(3), start + 16s));
  EXPECT_EQ(drain(queue, start + 16s), (std::vector<std::int64_t>{2, 1, 3}));
}

TEST(CallQueue, ABusyTenantStandsBehindItself) {
  CallQueue queue;
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(queue.push(item(i, Priority::interactive, "busy"), start));
  ASSERT_TRUE(queue.push(item(100, Priority::interactive, "other"), start + 50ms));
  EXPECT_EQ(queue.pop(start + 60ms)->id, 0);
  EXPECT_EQ(queue.pop(start + 60ms)->id, 100);
}

TEST(CallQueue, IsBoundedInAllAndByPriorityAndByTenant) {
  CallQueue queue{{.total = 6, .each = {6, 3, 2}, .per_tenant = 2}};
  ASSERT_TRUE(queue.push(item(1, Priority::interactive, "a"), start));
  ASSERT_TRUE(queue.push(item(2, Priority::batch, "a"), start));
  auto refused = queue.push(item(3, Priority::interactive, "a"), start);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_GE(refused.error().retry_after, 1s);
  ASSERT_TRUE(queue.push(item(4, Priority::night), start));
  ASSERT_TRUE(queue.push(item(5, Priority::night), start));
  EXPECT_FALSE(queue.push(item(6, Priority::night), start));
  ASSERT_TRUE(queue.push(item(7), start));
  ASSERT_TRUE(queue.push(item(8), start));
  EXPECT_FALSE(queue.push(item(9), start)) << "six in all";
  EXPECT_EQ(queue.size(), 6u);
  EXPECT_EQ(queue.size(Priority::night), 2u);
  ASSERT_TRUE(queue.remove(1));
  EXPECT_TRUE(queue.push(item(10, Priority::interactive, "a"), start)) << "room again";
}

TEST(CallQueue, ThoseWhoseDeadlineHasComeLeaveTheMostOverdueFirst) {
  CallQueue queue;
  auto add = [&](std::int64_t id, Moment deadline) {
    auto one = item(id);
    one.deadline = deadline;
    return queue.push(one, start).has_value();
  };
  EXPECT_FALSE(queue.next_deadline());
  EXPECT_FALSE(add(1, start));
  EXPECT_TRUE(add(2, start + 3s));
  EXPECT_TRUE(add(3, start + 1s));
  EXPECT_TRUE(add(4, start + 9s));
  EXPECT_TRUE(add(5, Moment::max()));
  EXPECT_EQ(queue.next_deadline(), start + 1s);
  auto gone = queue.expire(start + 3s);
  ASSERT_EQ(gone.size(), 2u);
  EXPECT_EQ(gone[0].id, 3);
  EXPECT_EQ(gone[1].id, 2);
  EXPECT_EQ(drain(queue, start + 3s), (std::vector<std::int64_t>{4, 5}));
}

TEST(CallQueue, AnIdThatWaitsIsNotTakenTwice) {
  CallQueue queue;
  ASSERT_TRUE(queue.push(item(1), start));
  EXPECT_EQ(queue.push(item(1), start).error().code, Errc::conflict);
  EXPECT_FALSE(queue.remove(2));
  EXPECT_EQ(queue.size(), 1u);
}

TEST(CallQueue, TheEstimateFollowsThePace) {
  CallQueue slow, fast;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(slow.push(item(i), start));
    ASSERT_TRUE(fast.push(item(i), start));
  }
  for (int i = 0; i < 50; ++i) {
    slow.pop(start + i * 1s);
    fast.pop(start + i * 1ms);
  }
  EXPECT_GT(slow.wait_estimate(), 40s);
  EXPECT_LE(slow.wait_estimate(), 60s);
  EXPECT_LT(fast.wait_estimate(), 2s);
}

/// Random traffic against a model that keeps every rule in the plainest way.
TEST(CallQueue, NothingIsLostDoubledOrOverTheBounds) {
  ASSERT_TRUE(rc::check([] {
    QueueRules small{.total = 12, .each = {12, 8, 5}, .per_tenant = 4};
    CallQueue queue{small};
    std::map<std::int64_t, QueueItem> waiting;
    auto now = start;
    for (std::int64_t id = 0; id < 150; ++id) {
      now += milliseconds{*rc::gen::inRange(0, 2000)};
      auto action = *rc::gen::inRange(0, 6);
      if (action < 3) {
        auto one = item(id, static_cast<Priority>(*rc::gen::inRange(0, 3)),
                        *rc::gen::element<std::string>("", "a", "b"));
        one.deadline = now + milliseconds{*rc::gen::inRange(1, 20'000)};
        auto same = [&](auto test) {
          return static_cast<std::size_t>(std::count_if(
            waiting.begin(), waiting.end(), [&](const auto& each) { return test(each.second); }));
        };
        bool room = waiting.size() < small.total &&
                    same([&](const QueueItem& w) { return w.priority == one.priority; }) <
                      small.each[static_cast<std::size_t>(one.priority)] &&
                    (one.tenant.empty() || same([&](const QueueItem& w) {
                                             return w.tenant == one.tenant;
                                           }) < small.per_tenant);
        RC_ASSERT(queue.push(one, now).has_value() == room);
        if (room)
          waiting.emplace(id, one);
      } else if (action == 3) {
        auto next = queue.pop(now);
        RC_ASSERT(next.has_value() == !waiting.empty());
        RC_ASSERT(!next || waiting.erase(next->id) == 1);
      } else if (action == 4) {
        for (const auto& gone : queue.expire(now)) {
          RC_ASSERT(waiting.at(gone.id).deadline <= now);
          waiting.erase(gone.id);
        }
        for (const auto& [other, w] : waiting)
          RC_ASSERT(w.deadline > now);
      } else if (!waiting.empty()) {
        auto victim = waiting.begin()->first;
        RC_ASSERT(queue.remove(victim));
        waiting.erase(victim);
      }
      RC_ASSERT(queue.size() == waiting.size());
    }
  }));
}

/// Persons keep coming as fast as calls are made: what waits for the night is not overtaken by
/// anybody who comes after its handicap and the steps of its tenant have passed.
TEST(CallQueue, NothingStarves) {
  ASSERT_TRUE(rc::check([] {
    CallQueue queue;
    auto tenant = *rc::gen::element<std::string>("", "night owl");
    auto ahead = *rc::gen::inRange(0, 50);
    std::int64_t id = 1;
    for (int i = 0; i < ahead; ++i)
      RC_ASSERT(queue.push(item(id++, Priority::night, tenant), start).has_value());
    RC_ASSERT(queue.push(item(0, Priority::night, tenant), start).has_value());
    auto latest = start + 120s + ahead * 100ms;
    std::map<std::int64_t, Moment> came;
    auto now = start;
    bool served = false;
    auto serve_one = [&] {
      auto next = queue.pop(now);
      RC_ASSERT(next.has_value());
      RC_ASSERT(served || came[next->id] <= latest);
      served = served || next->id == 0;
    };
    for (int i = 0; i < 200; ++i) {
      now += milliseconds{*rc::gen::inRange(1000, 3000)};
      came[id] = now;
      RC_ASSERT(queue.push(item(id++), now).has_value());
      serve_one();
    }
    while (queue.size() > 0)
      serve_one();
    RC_ASSERT(served);
    RC_ASSERT(now > latest);
  }));
}

}  // namespace
}  // namespace jobraker::llm
