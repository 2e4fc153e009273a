#include "actors/applications/core/stuck.hpp"

#include <algorithm>

namespace jobraker::applications {
namespace {

using Status = ApplicationStatus;
using Phase = SubmissionPhase;

template <class T>
bool among(const std::vector<T>& list, T value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool marked(StuckMark mark, const StuckFacts& facts) {
  switch (mark) {
  case StuckMark::stale:
    return facts.stale;
  case StuckMark::in_vain:
    return facts.in_vain;
  case StuckMark::none:
    break;
  }
  return true;
}

bool too_long(const StuckRule& rule, const StuckFacts& facts) {
  switch (rule.clock) {
  case StuckClock::since:
    return facts.since < rule.before;
  case StuckClock::wake:
    return !facts.wake_at || *facts.wake_at < rule.before;
  case StuckClock::none:
    break;
  }
  return true;
}

}  // namespace

std::vector<StuckRule> stuck_rules(const Schedule& schedule, Time now) {
  const std::vector<Phase> under_way{Phase::creating, Phase::looking, Phase::running};
  auto due = now - overdue_after;
  return {
    {StuckReason::silent, {}, under_way, StuckMark::stale, StuckClock::none, now},
    {StuckReason::not_found, {}, {Phase::looking}, StuckMark::in_vain, StuckClock::none, now},
    {StuckReason::in_doubt,
     {Status::unknown},
     {},
     StuckMark::none,
     StuckClock::since,
     now - in_doubt_after},
    {StuckReason::not_taken,
     {Status::approved, Status::queued},
     {},
     StuckMark::none,
     StuckClock::since,
     now - give_up(schedule)},
    {StuckReason::overdue, {}, under_way, StuckMark::none, StuckClock::wake, due},
    {StuckReason::overdue,
     {Status::approved, Status::queued, Status::submitting},
     {},
     StuckMark::none,
     StuckClock::wake,
     due},
    {StuckReason::needs_input,
     {Status::needs_input},
     {},
     StuckMark::none,
     StuckClock::since,
     now - input_after},
  };
}

std::optional<StuckReason> stuck_by(const std::vector<StuckRule>& rules, const StuckFacts& facts) {
  for (const auto& rule : rules)
    if (among(rule.statuses, facts.status) && among(rule.phases, facts.phase) &&
        marked(rule.mark, facts) && too_long(rule, facts))
      return rule.reason;
  return std::nullopt;
}

}  // namespace jobraker::applications
