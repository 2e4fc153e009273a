#pragma once

#include <optional>
#include <string>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// Where a long-running piece of work stands.
enum class TaskState : std::uint8_t { queued, running, done, failed };
template <>
inline constexpr std::string_view enum_names<TaskState>[] = {"queued", "running", "done", "failed"};

/// Long work as a client watches it at `/tasks/{id}`. `result` and `error` are JSON.
struct TaskView {
  static constexpr auto type_name = "TaskView";
  TaskId id{};
  std::string kind{};
  std::optional<UserId> owner{};
  TaskState state = TaskState::queued;
  std::string stage{};
  std::int64_t done = 0;
  std::int64_t total = 0;  ///< 0 while unknown
  std::optional<std::string> result{};
  std::optional<std::string> error{};

  static constexpr auto fields() {
    return std::tuple{field("id", &TaskView::id),       field("kind", &TaskView::kind),
                      field("owner", &TaskView::owner), field("status", &TaskView::state),
                      field("stage", &TaskView::stage), field("done", &TaskView::done),
                      field("total", &TaskView::total), field("result", &TaskView::result),
                      field("error", &TaskView::error)};
  }
};

/// Registers work that is about to begin; answered when the row is committed.
struct CreateTask {
  static constexpr auto type_name = "CreateTask";
  TaskId id{};
  std::string kind{};
  std::optional<UserId> owner{};
  std::int64_t total = 0;
  static constexpr auto fields() { return std::tuple{field("id", &CreateTask::id)}; }
};

/// Asks how a task stands.
struct GetTask {
  static constexpr auto type_name = "GetTask";
  TaskId id{};
  static constexpr auto fields() { return std::tuple{field("id", &GetTask::id)}; }
};

/// Asks to be answered when the task has ended.
struct AwaitTask {
  static constexpr auto type_name = "AwaitTask";
  TaskId id{};
  static constexpr auto fields() { return std::tuple{field("id", &AwaitTask::id)}; }
};

/// Says how far a task is. Written to its row at most about once a second.
struct TaskProgress {
  static constexpr auto type_name = "TaskProgress";
  TaskId id{};
  std::string stage{};
  std::int64_t done = 0;
  std::int64_t total = 0;
  static constexpr auto fields() { return std::tuple{field("id", &TaskProgress::id)}; }
};

/// Ends a task: with a result, or with an error (JSON both); answered when that is committed.
struct EndTask {
  static constexpr auto type_name = "EndTask";
  TaskId id{};
  std::optional<std::string> result{};
  std::optional<std::string> error{};
  static constexpr auto fields() { return std::tuple{field("id", &EndTask::id)}; }
};

/// Tells that a task has ended in the database already (a batch ends together with its rows).
struct TaskEnded {
  static constexpr auto type_name = "TaskEnded";
  TaskId id{};
  static constexpr auto fields() { return std::tuple{field("id", &TaskEnded::id)}; }
};

/// The `error` member of a failed task: `{"code","detail"}`.
std::string error_json(const Error& error);

}  // namespace jobraker
