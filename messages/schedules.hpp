#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/tasks.hpp"
#include "messages/time.hpp"

/// What is done by the clock, and long work under way, as operators see them.
namespace jobraker {

using ScheduleRunId = Id<struct ScheduleRunTag>;

/// How a run stands.
enum class RunOutcome : std::uint8_t {
  running,
  done,
  failed,
  abandoned,  ///< its node gave no sign of life until the lease had ended
};
template <>
inline constexpr std::string_view enum_names<RunOutcome>[] = {"running", "done", "failed",
                                                              "abandoned"};

/// Whether a run that stands at `from` may come to stand at `to`: one that has ended stays so.
constexpr bool may_become(RunOutcome from, RunOutcome to) {
  return from == RunOutcome::running && to != RunOutcome::running;
}

/// One run of a schedule.
struct ScheduleRun {
  static constexpr auto type_name = "ScheduleRun";
  ScheduleRunId id{};
  std::string schedule{};
  Time started_at{};
  std::optional<Time> ended_at{};
  RunOutcome outcome = RunOutcome::running;
  std::optional<std::string> detail{};  ///< what came of it, in figures
  std::string by{};                     ///< `schedule`, or who asked for it
  static constexpr auto fields() {
    return std::tuple{
      field("id", &ScheduleRun::id),
      field("schedule", &ScheduleRun::schedule),
      field("started_at", &ScheduleRun::started_at),
      field("ended_at", &ScheduleRun::ended_at),
      field("outcome", &ScheduleRun::outcome),
      field("detail", &ScheduleRun::detail),
      field("by", &ScheduleRun::by),
    };
  }
};

/// One schedule.
struct Schedule {
  static constexpr auto type_name = "Schedule";
  std::string name{};
  std::string title{};
  std::optional<std::string> cron{};      ///< five fields; else `every_s`, or only by hand
  std::optional<std::int64_t> every_s{};  ///< seconds, counted from 1970
  std::string time_zone{};                ///< IANA name
  bool paused = false;
  std::optional<Time> next_run_at{};
  std::optional<Time> running_since{};
  std::optional<ScheduleRun> last_run{};
  std::int64_t runs = 0;      ///< that have begun
  std::int64_t failures = 0;  ///< of them, that failed or were abandoned
  static constexpr auto fields() {
    return std::tuple{
      field("name", &Schedule::name),
      field("title", &Schedule::title),
      field("cron", &Schedule::cron),
      field("every_s", &Schedule::every_s),
      field("time_zone", &Schedule::time_zone),
      field("paused", &Schedule::paused),
      field("next_run_at", &Schedule::next_run_at),
      field("running_since", &Schedule::running_since),
      field("last_run", &Schedule::last_run),
      field("runs", &Schedule::runs),
      field("failures", &Schedule::failures),
    };
  }
};

/// `GET /admin/schedules`.
struct ListSchedules {
  static constexpr auto type_name = "ListSchedules";
  static constexpr auto fields() { return std::tuple{}; }
};

/// All schedules, by name.
struct ScheduleList {
  static constexpr auto type_name = "ScheduleList";
  std::vector<Schedule> items{};
  static constexpr auto fields() { return std::tuple{field("items", &ScheduleList::items)}; }
};

/// `GET /admin/schedules/{name}`.
struct GetSchedule {
  static constexpr auto type_name = "GetSchedule";
  std::string name{};
  static constexpr auto fields() { return std::tuple{field("name", &GetSchedule::name)}; }
};

/// The query of `GET /admin/schedules/{name}/runs`: the latest first.
struct ListScheduleRuns {
  static constexpr auto type_name = "ListScheduleRuns";
  std::string name{};  ///< from the path
  std::optional<std::string> cursor{};
  std::int64_t limit = 20;
  static constexpr auto fields() {
    return std::tuple{field("cursor", &ListScheduleRuns::cursor, {.max_length = 200}),
                      optional_field("limit", &ListScheduleRuns::limit, {.min = 1, .max = 200})};
  }
};

/// One page of runs.
struct ScheduleRunPage {
  static constexpr auto type_name = "ScheduleRunPage";
  std::vector<ScheduleRun> items{};
  std::optional<std::string> next{};
  static constexpr auto fields() {
    return std::tuple{field("items", &ScheduleRunPage::items),
                      field("next", &ScheduleRunPage::next)};
  }
};

/// `POST /admin/schedules/{name}/run`: now, beside its times.
struct RunSchedule {
  static constexpr auto type_name = "RunSchedule";
  std::string name{};
  std::string remote{};  ///< address of who asks, for the audit log
  static constexpr auto fields() { return std::tuple{field("name", &RunSchedule::name)}; }
};

/// `POST /admin/schedules/{name}/pause` and `/resume`.
struct PauseSchedule {
  static constexpr auto type_name = "PauseSchedule";
  std::string name{};
  bool paused = true;
  std::string remote{};
  static constexpr auto fields() {
    return std::tuple{field("name", &PauseSchedule::name), field("paused", &PauseSchedule::paused)};
  }
};

/// The query of `GET /admin/batches`: the newest first.
struct ListBatches {
  static constexpr auto type_name = "ListBatches";
  std::optional<TaskState> state{};
  std::optional<std::string> cursor{};
  std::int64_t limit = 50;
  static constexpr auto fields() {
    return std::tuple{field("state", &ListBatches::state),
                      field("cursor", &ListBatches::cursor, {.max_length = 200}),
                      optional_field("limit", &ListBatches::limit, {.min = 1, .max = 200})};
  }
};

/// How far one scoring run is.
struct BatchRow {
  static constexpr auto type_name = "BatchRow";
  TaskId id{};
  UserId user_id{};
  std::string kind{};
  TaskState state = TaskState::queued;
  std::int64_t done = 0;    ///< of `total`: judged, or given up
  std::int64_t total = 0;   ///< 0 while unknown
  std::int64_t failed = 0;  ///< of those done: given up
  std::optional<Time> started_at{};
  std::optional<Time> ended_at{};
  static constexpr auto fields() {
    return std::tuple{
      field("id", &BatchRow::id),
      field("user_id", &BatchRow::user_id),
      field("kind", &BatchRow::kind),
      field("state", &BatchRow::state),
      field("done", &BatchRow::done),
      field("total", &BatchRow::total),
      field("failed", &BatchRow::failed),
      field("started_at", &BatchRow::started_at),
      field("ended_at", &BatchRow::ended_at),
    };
  }
};

/// One page of scoring runs.
struct BatchPage {
  static constexpr auto type_name = "BatchPage";
  std::vector<BatchRow> items{};
  std::optional<std::string> next{};
  static constexpr auto fields() {
    return std::tuple{field("items", &BatchPage::items), field("next", &BatchPage::next)};
  }
};

}  // namespace jobraker
