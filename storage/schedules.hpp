#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "messages/schedules.hpp"
#include "storage/effects.hpp"
#include "storage/session.hpp"

/// The table of what is done by the clock, and its runs. A run is an effect (`storage/effects`)
/// whose key is the schedule and its due time: no due time is run twice, whoever looks, and of a
/// schedule one run is under way at a time. A run that is not renewed before its lease ends is
/// abandoned; it is not run again, the schedule goes on.
namespace jobraker::storage {

/// A run that was abandoned gives its key back; nobody asks for that due time again.
inline constexpr EffectKind schedule_run{"schedule_run", LapseRule::give_back};

/// The key of a run: by the clock `asked_by` is empty and `at` is the due time; by hand, when it
/// was asked for and by whom.
EffectKey schedule_run_key(std::string_view schedule, Time at, std::string_view asked_by = {});

/// What a program knows of a schedule.
struct ScheduleDefinition {
  std::string name{};
  std::string title{};
  std::optional<std::string> cron{};
  std::optional<std::int64_t> every_s{};
  std::string time_zone = "UTC";
  std::optional<Time> next_at{};  ///< the first due time, for one that is new or has other times
};

/// Makes the table know these. What is paused stays paused, and what has the same times as before
/// keeps its next due time.
task<Done> define_schedules(Session& session, std::vector<ScheduleDefinition> definitions,
                            Time now);

/// A schedule and, while a run is under way, until when that is certainly alive.
struct ScheduleRecord {
  Schedule schedule{};
  std::optional<Time> busy_until{};
};

/// Those of these schedules that there are, by name.
task<Result<std::vector<ScheduleRecord>>> find_schedules(Session& session,
                                                         std::vector<std::string> names);

/// Pauses it, or resumes it with this next due time. Twice is once. Errc::not_found.
task<Done> pause_schedule(Session& session, std::string name, bool paused,
                          std::optional<Time> next_at, Time now);

/// A run that is to begin.
struct NewRun {
  std::string schedule{};
  Time due_at{};
  std::optional<UserId> by{};     ///< who asked for it; none: the clock
  std::optional<Time> next_at{};  ///< by the clock: the due time after this one
  std::chrono::milliseconds lease{};
  std::int64_t kept = 200;  ///< runs of the schedule that are remembered, this one included
  Time now{};
};

/// A run that is this node's.
struct TakenRun {
  ScheduleRun run{};
  EffectKey key{};
  std::int64_t fence = 0;
};

/// Takes a run: from the commit on it is under way. Errc::not_found; Errc::conflict while another
/// is under way, and by the clock when the due time is not the schedule's next any more or it is
/// paused.
task<Result<TakenRun>> take_run(Session& session, NewRun wanted);

/// The run is alive and will be until `now + lease`. Errc::conflict: it has been abandoned.
task<Done> renew_run(Session& session, const TakenRun& run, std::chrono::milliseconds lease,
                     Time now);

/// From the schedule's next due time as it stands to what it is once the run has ended.
using NextAt = std::function<std::optional<Time>(std::optional<Time>)>;

/// The run has ended: done or failed, anything else is Errc::invalid. Said again it changes
/// nothing. Errc::conflict: it had been abandoned.
task<Done> end_run(Session& session, TakenRun run, RunOutcome outcome, std::string detail,
                   NextAt next_at, Time now);

/// Runs whose lease has ended become abandoned; answers them.
task<Result<std::vector<ScheduleRun>>> abandon_lapsed_runs(Session& session, Time now);

/// The latest first. Errc::invalid for a cursor that is none.
task<Result<ScheduleRunPage>> list_schedule_runs(Session& session, ListScheduleRuns query);

}  // namespace jobraker::storage
