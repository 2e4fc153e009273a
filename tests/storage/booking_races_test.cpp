#include <map>
#include <random>
#include <set>

#include "tests/storage/interview_samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::must;
using test::start;

struct BookingRaces : test::InterviewsTest {
  void SetUp() override {
    settings.connections = 24;  // as many transactions at once
    InterviewsTest::SetUp();
  }
  /// The outcomes of what runs at once.
  std::vector<Result<Interview>> all(std::vector<task<Result<Interview>>> work) {
    std::vector<std::shared_ptr<std::optional<Result<Interview>>>> started;
    for (auto& one : work)
      started.push_back(loop.spawn(std::move(one)));
    loop.run_until([&] {
      return std::all_of(started.begin(), started.end(), [](auto& s) { return s->has_value(); });
    });
    std::vector<Result<Interview>> results;
    for (auto& one : started)
      results.push_back(std::move(**one));
    return results;
  }
  task<Result<Interview>> after_change(InterviewId id, UserId who, InterviewChange change) {
    auto changed = co_await change_interview(*db, id, who, std::move(change), start);
    if (!changed)
      co_return fail(std::move(changed.error()));
    co_return std::move(changed->after);
  }
};

TEST_F(BookingRaces, OneOfManyBookersGetsTheSlot) {
  auto slot = offer(1).id;
  std::vector<UserId> people;
  for (int i = 0; i < 64; ++i)
    people.push_back(person("p" + std::to_string(i) + "@example.com"));
  std::vector<task<Result<Interview>>> tries;
  for (auto user : people)
    tries.push_back(book_slot(*db, {slot, user, {}, "", "", ""}, start));
  std::optional<Interview> won;
  for (auto& result : all(std::move(tries))) {
    if (result) {
      EXPECT_FALSE(won) << "two have it";
      won = *result;
    } else {
      EXPECT_EQ(result.error().code, Errc::conflict);
    }
  }
  ASSERT_TRUE(won);
  auto rows = sql("SELECT (SELECT count(*) FROM interviews), taken_by FROM interview_slots");
  EXPECT_EQ(rows.front().get<int>(0), 1);
  EXPECT_EQ(rows.front().get<UserId>(1), won->user_id);
}

TEST_F(BookingRaces, OfManyWhoRepeatThemselvesOneGetsTheSlot) {
  auto slot = offer(1).id;
  std::vector<UserId> people;
  for (int i = 0; i < 12; ++i)
    people.push_back(person("p" + std::to_string(i) + "@example.com"));
  std::vector<task<Result<Interview>>> tries;
  for (std::size_t i = 0; i < 72; ++i)
    tries.push_back(book_slot(*db, {slot, people[i % 12], {}, "", "", ""}, start));
  std::set<InterviewId> ids;
  std::map<UserId, int> won;
  for (auto& result : all(std::move(tries)))
    if (result) {
      ids.insert(result->id);
      ++won[result->user_id];
    } else {
      EXPECT_EQ(result.error().code, Errc::conflict);
    }
  EXPECT_EQ(ids.size(), 1u);
  ASSERT_EQ(won.size(), 1u);
  EXPECT_EQ(won.begin()->second, 6) << "each of the winner's requests is answered";
  EXPECT_EQ(sql("SELECT count(*) FROM interviews").front().get<int>(0), 1);
}

TEST_F(BookingRaces, OnesOwnTimesDoNotClashUnderConcurrencyEither) {
  std::vector<task<Result<Interview>>> tries;
  for (int i = 0; i < 24; ++i) {
    auto employer = person("e" + std::to_string(i) + "@example.com");
    auto slot = must(run(offer_slots(*db, employer, {at(1)}, "", start))).front();
    tries.push_back(book_slot(*db, {slot.id, ada, {}, "", "", ""}, start));
  }
  std::size_t won = 0;
  for (auto& result : all(std::move(tries))) {
    won += result ? 1 : 0;
    if (!result) {
      EXPECT_EQ(result.error().code, Errc::conflict);
    }
  }
  EXPECT_EQ(won, 1u);
  EXPECT_EQ(
    sql("SELECT count(*) FROM interview_slots WHERE taken_by IS NOT NULL").front().get<int>(0), 1);
}

/// Whatever many people do at once, a slot is taken if and only if one interview is in it.
TEST_F(BookingRaces, WhateverHappensAtOnceSlotsAndInterviewsAgree) {
  std::mt19937 random{20261120};
  auto pick = [&](std::size_t count) {
    return std::uniform_int_distribution<std::size_t>{0, count - 1}(random);
  };
  std::vector<UserId> people{ada, bob};
  for (int i = 0; i < 3; ++i)
    people.push_back(person("q" + std::to_string(i) + "@example.com"));
  Slots slots;
  for (int i = 0; i < 6; ++i)
    slots.push_back(offer(i + 1).id);
  for (int round = 0; round < 12; ++round) {
    auto known = sql("SELECT id, user_id FROM interviews WHERE status <> 'cancelled'");
    std::vector<task<Result<Interview>>> moves;
    for (int i = 0; i < 24; ++i) {
      auto what = known.empty() ? 0 : pick(4);
      if (what < 2) {
        moves.push_back(book_slot(*db, {slots[pick(6)], people[pick(5)], {}, "", "", ""}, start));
        continue;
      }
      auto row = known[pick(known.size())];
      InterviewChange change;
      if (what == 2)
        change.slot_id = slots[pick(6)];
      else
        change.status = InterviewStatus::cancelled;
      moves.push_back(after_change(row.get<InterviewId>(0), row.get<UserId>(1), change));
    }
    for (auto& result : all(std::move(moves)))
      if (!result) {
        EXPECT_EQ(result.error().code, Errc::conflict) << result.error().detail;
      }
    auto wrong = sql("SELECT count(*) FROM interview_slots s FULL JOIN (SELECT * FROM interviews "
                     "WHERE slot_id IS NOT NULL) i ON i.slot_id = s.id "
                     "WHERE s.taken_by IS DISTINCT FROM i.user_id OR s.starts_at IS DISTINCT FROM "
                     "coalesce(i.starts_at, s.starts_at) OR i.status = 'cancelled'");
    ASSERT_EQ(wrong.front().get<int>(0), 0) << "in round " << round;
  }
  EXPECT_GT(sql("SELECT count(*) FROM interviews").front().get<int>(0), 6);
}

}  // namespace
}  // namespace jobraker
