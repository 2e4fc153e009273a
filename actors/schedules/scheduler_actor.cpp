#include "actors/schedules/scheduler_actor.hpp"

#include <set>

#include <spdlog/spdlog.h>

#include "actors/schedules/desk.hpp"
#include "actors/schedules/look_round.hpp"
#include "actors/schedules/run_work.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"

namespace jobraker::schedules {
namespace {

using std::chrono::milliseconds;

/// Other nodes and operators change the table: it is looked at so often although nothing is due.
constexpr milliseconds look_every{15'000};
/// After a look that PostgreSQL did not answer.
constexpr milliseconds retry_after{2'000};
/// Whoever is a little too early would only come again.
constexpr milliseconds late{2};

struct State {
  static inline const char* name = "scheduler";
  Services* services = nullptr;
  Table table{};
  std::shared_ptr<std::atomic<bool>> stop = std::make_shared<std::atomic<bool>>(false);
  std::set<std::string> running{};  ///< schedules whose runs are this node's
  bool known = false;               ///< the table in PostgreSQL has ours
  bool looking = false;
  bool look_again = false;
  std::optional<Context::Clock::time_point> alarm{};  ///< the earliest Tick on its way
  std::optional<Time> next_at{};
  std::int64_t schedules = 0;
  std::int64_t paused = 0;
  std::int64_t begun = 0;
  std::vector<caf::typed_response_promise<Ok>> finished{};

  bool finishing() const { return stop->load(); }

  std::string summary() const {
    return Summary{}
      .with("schedules", schedules)
      .with("paused", paused)
      .with("running", running.size())
      .with("first_running",
            running.empty() ? std::optional<std::string>{} : std::optional{*running.begin()})
      .with("begun", begun)
      .with("next_at", next_at)
      .with("known", known)
      .with("finishing", finishing())
      .text();
  }
};

using Self = Shell<State, SchedulerActor>;

void look(Self* self);

/// Whoever waits for the end is answered when nothing is under way.
void answer_finish(State& state) {
  if (!state.finishing() || state.looking || !state.running.empty())
    return;
  for (auto& promise : std::exchange(state.finished, {}))
    promise.deliver(Ok{});
}

void set_alarm(Self* self, milliseconds wait) {
  auto& state = self->state;
  const auto at = Context::Clock::now() + wait;
  if (state.finishing() || (state.alarm && *state.alarm <= at))
    return;
  state.alarm = at;
  self->delayed_send(self, wait, Tick{});
}

void begin(Self* self, storage::TakenRun run) {
  auto& state = self->state;
  const auto name = run.run.schedule;
  state.running.insert(name);
  ++state.begun;
  self->await<Ok>(
    state.services->io,
    [&s = *state.services, table = state.table, run = std::move(run), stop = state.stop] {
      return work_off(s, table, run, stop);
    },
    [self, name](Result<Ok> done) {
      if (!done)
        spdlog::warn("event=schedule.end_not_written schedule={} why=\"{}\"", name,
                     done.error().detail);
      self->state.running.erase(name);
      answer_finish(self->state);
      if (!self->state.finishing())
        look(self);
    });
}

void looked(Self* self, Round round) {
  auto& state = self->state;
  for (auto& run : round.taken)
    begin(self, std::move(run));
  auto wait = look_every;
  if (round.problem) {
    spdlog::warn("event=schedule.look_failed why=\"{}\"", round.problem->detail);
    wait = retry_after;
  } else {
    state.next_at = round.look_at;
    state.schedules = static_cast<std::int64_t>(round.rows.size());
    state.paused = 0;
    for (const auto& row : round.rows)
      state.paused += row.schedule.paused ? 1 : 0;
  }
  if (round.look_at)
    wait = std::clamp(std::chrono::ceil<milliseconds>(*round.look_at - now()) + late, late, wait);
  set_alarm(self, wait);
}

/// Looks what is due; one look at a time.
void look(Self* self) {
  auto& state = self->state;
  if (state.looking) {
    state.look_again = true;
    return;
  }
  if (state.finishing())
    return answer_finish(state);
  state.looking = true;
  self->await<Round>(
    state.services->io,
    [&s = *state.services, table = state.table, known = state.known]() -> task<Result<Round>> {
      if (!known)
        if (auto made = co_await make_known(s, *table); !made)
          co_return fail(std::move(made.error()));
      co_return co_await look_round(s, table);
    },
    [self](Result<Round> round) {
      auto& after = self->state;
      after.looking = false;
      if (round) {
        after.known = true;
        looked(self, std::move(*round));
      } else {
        spdlog::warn("event=schedule.look_failed why=\"{}\"", round.error().detail);
        set_alarm(self, retry_after);
      }
      if (after.finishing())
        return answer_finish(after);
      if (std::exchange(after.look_again, false))
        look(self);
    });
}

void tick(Self* self) {
  auto& state = self->state;
  if (state.alarm && Context::Clock::now() < *state.alarm)
    return;  // of an alarm that was set before an earlier one
  state.alarm.reset();
  look(self);
}

caf::result<ScheduleRun> run_now(Self* self, const Context& c, const RunSchedule& m) {
  auto& state = self->state;
  if (state.finishing())
    return to_caf(Error{Errc::unavailable, "the server is about to end", {}, {}});
  auto promise = self->make_response_promise<ScheduleRun>();
  self->await<storage::TakenRun>(
    state.services->io,
    [&s = *state.services, table = state.table, c, m] { return take_by_hand(s, table, c, m); },
    [self, promise](Result<storage::TakenRun> taken) mutable {
      if (!taken)
        return refuse(promise, taken.error());
      promise.deliver(taken->run);
      begin(self, std::move(*taken));
    });
  return promise;
}

caf::result<Schedule> pause_or_resume(Self* self, const Context& c, const PauseSchedule& m) {
  auto promise = self->make_response_promise<Schedule>();
  self->await<Schedule>(
    self->state.services->io,
    [&s = *self->state.services, table = self->state.table, c, m] {
      return pause_schedule(s, table, c, m);
    },
    [self, promise](Result<Schedule> schedule) mutable {
      settle(promise, std::move(schedule));
      look(self);
    });
  return promise;
}

caf::result<Ok> finish(Self* self) {
  auto& state = self->state;
  state.stop->store(true);
  auto promise = self->make_response_promise<Ok>();
  state.finished.push_back(promise);
  answer_finish(state);
  return promise;
}

SchedulerActor::behavior_type scheduler_actor(Self* self, Services* services, Table table) {
  self->state.services = services;
  self->state.table = table;
  auto& io = services->io;
  look(self);
  return {
    [=, &io](const Context& c, const ListSchedules&) {
      return self->answer<ScheduleList>(io, [=] { return list_schedules(*services, table, c); });
    },
    [=, &io](const Context& c, const GetSchedule& m) {
      return self->answer<Schedule>(io, [=] { return get_schedule(*services, table, c, m); });
    },
    [=, &io](const Context& c, const ListScheduleRuns& m) {
      return self->answer<ScheduleRunPage>(io, [=] { return list_runs(*services, table, c, m); });
    },
    [=](const Context& c, const RunSchedule& m) { return run_now(self, c, m); },
    [=](const Context& c, const PauseSchedule& m) { return pause_or_resume(self, c, m); },
    [=, &io](const Context& c, const ListBatches& m) {
      return self->answer<BatchPage>(io, [=] { return list_batches(*services, c, m); });
    },
    [=](const Context&, const FinishRuns&) { return finish(self); },
    [=](const Tick&) { tick(self); },
  };
}

}  // namespace

SchedulerActor start_scheduler(Services& services, std::shared_ptr<const ScheduleTable> table,
                               const std::string& path) {
  return services.system.spawn(path, "scheduler", scheduler_actor, &services, std::move(table));
}

}  // namespace jobraker::schedules
