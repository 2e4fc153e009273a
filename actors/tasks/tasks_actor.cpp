#include "actors/tasks/tasks_actor.hpp"

#include <unordered_map>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/system/observed.hpp"
#include "actors/system/pause.hpp"
#include "actors/system/summary.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/tasks.hpp"

namespace jobraker {
namespace {

using Promise = caf::typed_response_promise<TaskView>;

/// Who may wait for one task at the same time.
constexpr std::size_t waiters_max = 64;

/// Tries to write a task's end, a second apart.
constexpr int end_attempts = 120;

struct Waiter {
  Context context;
  Promise promise;
  bool until_end = false;
};

struct Live {
  TaskView view;
  bool known = false;  ///< its row has been read, or was written by us
  std::vector<Waiter> waiters;
  std::chrono::steady_clock::time_point written{};
  bool writing = false;
};

struct TasksState {
  static inline const char* name = "tasks";
  Services* services = nullptr;
  bool stopping = false;                  // nobody waits any longer
  std::unordered_map<TaskId, Live> live;  // tasks that run here or are asked about

  std::string summary() const {
    std::size_t waiters = 0;
    std::size_t writing = 0;
    for (const auto& [id, task] : live) {
      waiters += task.waiters.size();
      writing += task.writing ? 1 : 0;
    }
    return Summary{}
      .with("live", live.size())
      .with("waiters", waiters)
      .with("writing", writing)
      .with("stopping", stopping)
      .text();
  }
};

using Self = Shell<TasksState, TasksActor>;

TaskView view_of(storage::TaskRecord record) {
  TaskView view;
  view.id = record.id;
  view.kind = std::move(record.kind);
  view.owner = record.owner;
  view.state = record.state;
  view.stage = std::move(record.stage);
  view.done = record.done;
  view.total = record.total;
  view.result = std::move(record.result);
  view.error = std::move(record.error);
  return view;
}

/// A stranger's task is not found rather than forbidden: its id tells nothing.
Result<TaskView> visible(const Context& context, TaskView view) {
  if (context.principal.role == Role::admin ||
      (view.owner && *view.owner == context.principal.user))
    return view;
  return fail(Errc::not_found, "no such task");
}

task<Result<TaskView>> load(Services& services, TaskId id) {
  auto record = co_await storage::find_task(services.databases.here(), id);
  if (!record)
    co_return fail(std::move(record.error()));
  co_return view_of(std::move(*record));
}

/// Answers those who need not wait any longer.
void answer_waiters(Self* self, const TaskId& id, bool ended) {
  auto it = self->state.live.find(id);
  if (it == self->state.live.end())
    return;
  auto waiters = std::exchange(it->second.waiters, {});
  for (auto& waiter : waiters)
    if (ended || !waiter.until_end)
      settle(waiter.promise, visible(waiter.context, it->second.view));
    else
      it->second.waiters.push_back(std::move(waiter));
  if (ended)
    self->state.live.erase(it);  // from now on its row answers
}

void take_over(Self* self, const TaskId& id, Result<TaskView> row) {
  auto it = self->state.live.find(id);
  if (it == self->state.live.end())
    return;
  if (!row) {
    for (auto& waiter : it->second.waiters)
      refuse(waiter.promise, row.error());
    self->state.live.erase(it);
    return;
  }
  auto& entry = it->second;
  bool ended = row->state == TaskState::done || row->state == TaskState::failed;
  // Progress that was told while the row was on its way is newer than the row.
  if (!ended && entry.view.state == TaskState::running) {
    row->state = entry.view.state;
    row->stage = entry.view.stage;
    row->done = entry.view.done;
    row->total = entry.view.total;
  }
  entry.view = std::move(*row);
  entry.known = true;
  answer_waiters(self, id, ended);
}

/// Reads the row of a task that this process does not know yet.
void read_row(Self* self, const TaskId& id) {
  self->await<TaskView>(
    self->state.services->io, [&s = *self->state.services, id] { return load(s, id); },
    [self, id](Result<TaskView> row) { take_over(self, id, std::move(row)); });
}

caf::result<TaskView> create(Self* self, const CreateTask& m) {
  auto promise = self->make_response_promise<TaskView>();
  self->await<TaskView>(
    self->state.services->io,
    [&s = *self->state.services, m]() -> task<Result<TaskView>> {
      auto record =
        co_await storage::create_task(s.databases.here(), m.id, m.kind, m.owner, m.total);
      if (!record)
        co_return fail(std::move(record.error()));
      co_return view_of(std::move(*record));
    },
    [self, promise](Result<TaskView> view) mutable {
      if (view) {
        auto& entry = self->state.live[view->id];
        entry.view = *view;
        entry.known = true;
      }
      settle(promise, std::move(view));
    });
  return promise;
}

caf::result<TaskView> look(Self* self, const Context& c, const TaskId& id, bool until_end) {
  auto [it, fresh] = self->state.live.try_emplace(id);
  auto& entry = it->second;
  if (fresh)
    entry.view.id = id;
  until_end = until_end && !self->state.stopping;
  std::erase_if(entry.waiters, [](const Waiter& waiter) { return waiter.context.expired(); });
  if (entry.known) {
    if (auto allowed = visible(c, entry.view); !allowed || !until_end)
      return reply(std::move(allowed));
  }
  if (entry.waiters.size() >= waiters_max)
    return to_caf(
      Error{Errc::rate_limited, "too many are waiting for this task", {}, std::chrono::seconds{1}});
  auto promise = self->make_response_promise<TaskView>();
  entry.waiters.push_back({c, promise, until_end});
  if (fresh)
    read_row(self, id);
  return promise;
}

void progress(Self* self, const TaskProgress& m) {
  auto [it, fresh] = self->state.live.try_emplace(m.id);
  auto& entry = it->second;
  entry.view.id = m.id;
  entry.view.state = TaskState::running;
  entry.view.stage = m.stage;
  entry.view.done = m.done;
  entry.view.total = m.total;
  if (fresh)
    read_row(self, m.id);
  auto clock = std::chrono::steady_clock::now();
  if (entry.writing || clock - entry.written < std::chrono::seconds{1})
    return;
  entry.writing = true;
  entry.written = clock;
  self->await<Ok>(
    self->state.services->io,
    [&s = *self->state.services, m]() -> task<Result<Ok>> {
      auto done =
        co_await storage::progress_task(s.databases.here(), m.id, m.stage, m.done, m.total);
      if (!done)
        co_return fail(std::move(done.error()));
      co_return Ok{};
    },
    [self, id = m.id](Result<Ok>) {
      if (auto found = self->state.live.find(id); found != self->state.live.end())
        found->second.writing = false;
    });
}

/// Hands the ended task to everybody who waited.
void ended(Self* self, const TaskId& id, TaskView view) {
  auto it = self->state.live.find(id);
  if (it == self->state.live.end())
    return;
  it->second.view = std::move(view);
  answer_waiters(self, id, true);
}

void reload_ended(Self* self, const TaskEnded& m) {
  self->await<TaskView>(
    self->state.services->io, [&s = *self->state.services, id = m.id] { return load(s, id); },
    [self, id = m.id](Result<TaskView> view) {
      if (view)
        ended(self, id, std::move(*view));
      else
        spdlog::warn("event=task.reload_failed task={} why=\"{}\"", to_string(id),
                     view.error().detail);
    });
}

/// The server is about to end: who waits gets the task as it is.
void stop_waiting(Self* self) {
  self->state.stopping = true;
  for (auto& [id, entry] : self->state.live)
    for (auto& waiter : std::exchange(entry.waiters, {}))
      settle(waiter.promise, visible(waiter.context, entry.view));
}

caf::result<Ok> end(Self* self, const EndTask& m) {
  auto promise = self->make_response_promise<Ok>();
  self->await<TaskView>(
    self->state.services->io,
    [&s = *self->state.services, m]() -> task<Result<TaskView>> {
      auto& db = s.databases.here();
      auto done = m.result ? co_await storage::finish_task(db, m.id, *m.result)
                           : co_await storage::fail_task(db, m.id, m.error.value_or("{}"));
      if (!done && done.error().code != Errc::conflict)
        co_return fail(std::move(done.error()));
      co_return co_await load(s, m.id);
    },
    [self, promise, id = m.id](Result<TaskView> view) mutable {
      if (!view)
        return refuse(promise, view.error());
      ended(self, id, std::move(*view));
      promise.deliver(Ok{});
    });
  return promise;
}

TasksActor::behavior_type tasks_actor(Self* self, Services* services) {
  self->state.services = services;
  return {
    [self](const Context&, const CreateTask& m) { return create(self, m); },
    [self](const Context& c, const GetTask& m) { return look(self, c, m.id, false); },
    [self](const Context& c, const AwaitTask& m) { return look(self, c, m.id, true); },
    [self](const TaskProgress& m) { progress(self, m); },
    [self](const Context&, const EndTask& m) { return end(self, m); },
    [self](const TaskEnded& m) { reload_ended(self, m); },
    [self](const StopWaiting&) { stop_waiting(self); },
  };
}

}  // namespace

TasksActor start_tasks(Services& services, const std::string& path) {
  return services.system.spawn(path, "tasks", tasks_actor, &services);
}

task<void> end_task(Services& services, TaskId id, Result<std::string> outcome) {
  EndTask message;
  message.id = id;
  if (outcome)
    message.result = std::move(*outcome);
  else
    message.error = error_json(outcome.error());
  // PostgreSQL may be away for a while; the end of a task is worth many tries.
  for (int attempt = 0; attempt < end_attempts; ++attempt) {
    if (attempt > 0)
      co_await pause(std::chrono::seconds{1});
    auto context = Context::system(std::chrono::seconds{10});
    auto done = co_await net::ask(services.tasks, context, message);
    if (done)
      co_return;
    if (done.error().code == Errc::not_found)
      break;
    spdlog::warn("event=task.end_failed task={} why=\"{}\"", to_string(id), done.error().detail);
  }
}

void report_progress(Services& services, TaskId id, std::string stage, std::int64_t done,
                     std::int64_t total) {
  if (auto tasks = services.tasks())
    caf::anon_send(*tasks, TaskProgress{id, std::move(stage), done, total});
}

}  // namespace jobraker
