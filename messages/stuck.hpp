#pragma once

#include <optional>
#include <vector>

#include "messages/submissions.hpp"

/// What it means that an application is stuck, as data: `applications/core/stuck` makes the rules,
/// storage looks for what they fit.
namespace jobraker {

/// Why an application cannot go on by itself.
enum class StuckReason : std::uint8_t {
  silent,       ///< nothing has been heard of its run, or of the search for it, for too long
  not_found,    ///< its run was looked for often enough
  in_doubt,     ///< nobody knows whether it was sent
  not_taken,    ///< approved, and its turn has not come
  overdue,      ///< under way, and nobody looked at it when its time came
  needs_input,  ///< its person has been asked for something and has not come
};
template <>
inline constexpr std::string_view enum_names<StuckReason>[] = {
  "silent", "not_found", "in_doubt", "not_taken", "overdue", "needs_input"};

/// What was noted of an attempt.
enum class StuckMark : std::uint8_t { none, stale, in_vain };
template <>
inline constexpr std::string_view enum_names<StuckMark>[] = {"none", "stale", "in_vain"};

/// Which time a rule looks at: since when it has this status, or when it is to be looked at next,
/// where none at all is too long ago.
enum class StuckClock : std::uint8_t { none, since, wake };
template <>
inline constexpr std::string_view enum_names<StuckClock>[] = {"none", "since", "wake"};

/// One way to be stuck: all that is said here holds. An empty list is any.
struct StuckRule {
  static constexpr auto type_name = "StuckRule";
  StuckReason reason = StuckReason::silent;
  std::vector<ApplicationStatus> statuses{};
  std::vector<SubmissionPhase> phases{};
  StuckMark mark = StuckMark::none;
  StuckClock clock = StuckClock::none;
  Time before{};  ///< what the clock shows is earlier

  static constexpr auto fields() {
    return std::tuple{field("reason", &StuckRule::reason), field("statuses", &StuckRule::statuses),
                      field("phases", &StuckRule::phases), field("mark", &StuckRule::mark),
                      field("clock", &StuckRule::clock),   field("before", &StuckRule::before)};
  }
};

/// What the rules look at. An application whose sending was never begun is idle.
struct StuckFacts {
  ApplicationStatus status = ApplicationStatus::draft;
  SubmissionPhase phase = SubmissionPhase::idle;
  bool stale = false;
  bool in_vain = false;
  Time since{};  ///< it has this status
  std::optional<Time> wake_at{};
};

}  // namespace jobraker
