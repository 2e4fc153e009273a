#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/tasks.hpp"
#include "storage/session.hpp"

/// Long-running work that a client can watch.
namespace jobraker::storage {

/// One row of `tasks`.
struct TaskRecord {
  TaskId id{};
  std::string kind{};  ///< e.g. `score_jobs`
  std::optional<UserId> owner{};
  TaskState state = TaskState::queued;
  std::string stage{};                  ///< what it is doing, in a word or two
  std::int64_t done = 0;                ///< of `total`
  std::int64_t total = 0;               ///< 0 while unknown
  std::optional<std::string> result{};  ///< JSON, when done
  std::optional<std::string> error{};   ///< JSON, when failed
  Time created_at{};
  Time updated_at{};
  std::optional<Time> started_at{};
  std::optional<Time> finished_at{};
};

/// A new queued task under this id. Errc::conflict when the id is taken.
task<Result<TaskRecord>> create_task(Session& session, TaskId id, std::string kind,
                                     std::optional<UserId> owner, std::int64_t total = 0);

/// Notes progress; a queued task is running from then on. Errc::conflict when it has finished,
/// Errc::not_found when there is none (the same for finish and fail).
task<Done> progress_task(Session& session, TaskId id, std::string stage, std::int64_t done,
                         std::int64_t total);

/// Ends a task well, with a result in JSON.
task<Done> finish_task(Session& session, TaskId id, std::string result_json);

/// Ends a task badly, with the problem in JSON.
task<Done> fail_task(Session& session, TaskId id, std::string error_json);

/// The task, or Errc::not_found.
task<Result<TaskRecord>> find_task(Session& session, TaskId id);

/// Queued and running tasks of a kind, oldest first: what a start has to take up again.
task<Result<std::vector<TaskRecord>>> unfinished_tasks(Session& session, std::string kind);

}  // namespace jobraker::storage
