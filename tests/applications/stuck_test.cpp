#include "actors/applications/core/stuck.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker::applications {
namespace {

using namespace std::chrono_literals;
using Status = ApplicationStatus;
using Phase = SubmissionPhase;

const Time noon = *parse_rfc3339("2026-11-20T12:00:00Z");
const Schedule schedule{};  // two hours until nothing was heard for too long

struct Case {
  const char* what;
  StuckFacts facts;
  std::optional<StuckReason> reason;
};

StuckFacts facts(Status status, Phase phase, Milliseconds since,
                 std::optional<Milliseconds> wake_in = {}) {
  StuckFacts f{status, phase};
  f.since = noon - since;
  if (wake_in)
    f.wake_at = noon + *wake_in;
  return f;
}

StuckFacts stale(StuckFacts f) {
  f.stale = true;
  return f;
}

StuckFacts in_vain(StuckFacts f) {
  f.in_vain = true;
  return f;
}

class Stuck : public testing::TestWithParam<Case> {};

TEST_P(Stuck, HasTheReason) {
  EXPECT_EQ(stuck_by(stuck_rules(schedule, noon), GetParam().facts), GetParam().reason);
}

const std::optional<StuckReason> goes_on{};

INSTANTIATE_TEST_SUITE_P(
  All, Stuck,
  testing::Values(
    Case{"draft_for_ever", facts(Status::draft, Phase::idle, 24h * 900), goes_on},
    Case{"just_approved", facts(Status::approved, Phase::idle, 1min, 0min), goes_on},
    Case{"queued_for_its_turn", facts(Status::queued, Phase::idle, 23h, 1h), goes_on},
    Case{"queued_for_a_day", facts(Status::queued, Phase::idle, 25h, 1h), StuckReason::not_taken},
    Case{"approved_and_nobody_came", facts(Status::approved, Phase::idle, 20min, -6min),
         StuckReason::overdue},
    Case{"queued_without_a_time", facts(Status::queued, Phase::idle, 1min), StuckReason::overdue},
    Case{"being_sent", facts(Status::submitting, Phase::creating, 1min, 1min), goes_on},
    Case{"nobody_came_back_to_send", facts(Status::submitting, Phase::creating, 20min, -6min),
         StuckReason::overdue},
    Case{"submitting_without_a_look_up", facts(Status::submitting, Phase::running, 1min),
         StuckReason::overdue},
    Case{"submitting_without_an_attempt", facts(Status::submitting, Phase::idle, 1min),
         StuckReason::overdue},
    Case{"runs", facts(Status::submitting, Phase::running, 100min, 5min), goes_on},
    Case{"a_little_late", facts(Status::submitting, Phase::running, 100min, -4min), goes_on},
    Case{"runs_unheard", stale(facts(Status::submitting, Phase::running, 3h, 5min)),
         StuckReason::silent},
    Case{"was_silent_once", stale(facts(Status::submitted, Phase::ended, 3h)), goes_on},
    Case{"withdrawn_and_its_run_is_silent", stale(facts(Status::withdrawn, Phase::running, 3h)),
         StuckReason::silent},
    Case{"silence_is_graver", stale(in_vain(facts(Status::unknown, Phase::looking, 3h, 1min))),
         StuckReason::silent},
    Case{"being_looked_for", facts(Status::unknown, Phase::looking, 2min, 1min), goes_on},
    Case{"not_to_be_found", in_vain(facts(Status::unknown, Phase::looking, 2min, 1min)),
         StuckReason::not_found},
    Case{"unknown_for_long", facts(Status::unknown, Phase::looking, 11min, 1min),
         StuckReason::in_doubt},
    Case{"unknown_and_ended", facts(Status::unknown, Phase::ended, 11min), StuckReason::in_doubt},
    Case{"asked_yesterday", facts(Status::needs_input, Phase::ended, 24h), goes_on},
    Case{"asked_last_week", facts(Status::needs_input, Phase::ended, 24h * 7),
         StuckReason::needs_input},
    Case{"paused_and_looked_after", facts(Status::needs_input, Phase::running, 1h, 5min), goes_on},
    Case{"sent", facts(Status::submitted, Phase::ended, 24h * 30), goes_on},
    Case{"failed", facts(Status::failed, Phase::ended, 24h * 30), goes_on},
    Case{"rejected", facts(Status::rejected, Phase::idle, 24h * 30), goes_on}),
  [](const auto& info) { return std::string{info.param.what}; });

rc::Gen<StuckFacts> any_facts() {
  return rc::gen::exec([] {
    auto minutes = rc::gen::inRange(-10'000, 10'000);
    StuckFacts f;
    f.status = static_cast<Status>(*rc::gen::inRange(0, 12));
    f.phase = static_cast<Phase>(*rc::gen::inRange(0, 5));
    f.stale = *rc::gen::arbitrary<bool>();
    f.in_vain = *rc::gen::arbitrary<bool>();
    f.since = noon + std::chrono::minutes{*minutes};
    if (*rc::gen::arbitrary<bool>())
      f.wake_at = noon + std::chrono::minutes{*minutes};
    return f;
  });
}

TEST(StuckRules, WhatIsStuckStaysSoUntilSomethingHappens) {
  ASSERT_TRUE(rc::check([] {
    auto f = *any_facts();
    auto later = noon + std::chrono::minutes{*rc::gen::inRange(0, 20'000)};
    if (stuck_by(stuck_rules(schedule, noon), f))
      RC_ASSERT(stuck_by(stuck_rules(schedule, later), f).has_value());
  }));
}

TEST(StuckRules, APersonsOwnStatusIsNotStuckOnceNothingIsUnderWay) {
  ASSERT_TRUE(rc::check([] {
    auto f = *any_facts();
    f.phase = *rc::gen::element(Phase::idle, Phase::ended);
    f.status =
      *rc::gen::element(Status::draft, Status::submitted, Status::failed, Status::interviewing,
                        Status::offered, Status::rejected, Status::withdrawn);
    RC_ASSERT(!stuck_by(stuck_rules(schedule, noon), f));
  }));
}

// Storage looks for them by status, or among the attempts under way.
TEST(StuckRules, NameStatusesOrPhasesThatAreUnderWay) {
  for (const auto& rule : stuck_rules(schedule, noon)) {
    EXPECT_FALSE(rule.statuses.empty() && rule.phases.empty());
    if (rule.statuses.empty())
      for (auto phase : rule.phases)
        EXPECT_TRUE(phase == Phase::creating || phase == Phase::looking || phase == Phase::running);
  }
}

TEST(StuckRules, WhatWaitsForItsTurnWaitsAsLongAsTheScheduleAllows) {
  Schedule patient;
  patient.stale = 10h;
  auto f = facts(Status::queued, Phase::idle, 25h, 1h);
  EXPECT_EQ(stuck_by(stuck_rules(patient, noon), f), std::nullopt);
  f.since = noon - give_up(patient) - 1s;
  EXPECT_EQ(stuck_by(stuck_rules(patient, noon), f), StuckReason::not_taken);
}

}  // namespace
}  // namespace jobraker::applications
