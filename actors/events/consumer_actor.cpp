#include "actors/events/consumer_actor.hpp"

#include <random>

#include <spdlog/spdlog.h>

#include "actors/events/core/epochs.hpp"
#include "actors/events/core/failure.hpp"
#include "actors/events/core/key_queues.hpp"
#include "actors/events/core/storable.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/pause.hpp"
#include "actors/system/summary.hpp"
#include "storage/databases.hpp"
#include "storage/outbox.hpp"

namespace jobraker::events {
namespace {

struct State {
  static inline const char* name = "consumer";
  Services* services = nullptr;
  std::shared_ptr<Listener> listener;
  RecordDone done;
  std::optional<KeyQueues<HandleRecord>> queues;
  Epochs epochs;
  bool finishing = false;
  std::vector<caf::typed_response_promise<Ok>> finished;

  std::string summary() const {
    return Summary{}
      .with("waiting", queues ? queues->waiting() : 0)
      .with("busy_keys", queues ? queues->busy() : 0)
      .with("handled", listener ? listener->figures->handled.load() : 0)
      .with("failures", listener ? listener->figures->failures.load() : 0)
      .with("dead", listener ? listener->figures->dead.load() : 0)
      .with("finishing", finishing)
      .text();
  }
};

using Self = Shell<State, ConsumerActor>;

double chance() {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  return std::uniform_real_distribution<>{0, 1}(random);
}

/// Handles an event once: whether its effect was new, or why it failed.
task<Result<bool>> handle_once(Services& services, const Consumer& consumer, const Event& event) {
  auto& db = services.databases.here();
  std::optional<bool> first;
  Once once = [&](std::function<task<Done>(storage::Transaction&)> effect) -> task<Result<bool>> {
    auto ran =
      co_await db.transaction([&](storage::Transaction& transaction) -> task<Result<bool>> {
        auto fresh = co_await storage::first_time(transaction, consumer.group, event.id, now());
        if (!fresh || !*fresh)
          co_return fresh;
        if (auto done = co_await effect(transaction); !done)
          co_return fail(std::move(done.error()));
        co_return true;
      });
    if (ran)
      first = *ran;
    co_return ran;
  };
  if (auto done = co_await consumer.handle(event, once); !done)
    co_return fail(std::move(done.error()));
  if (!first)
    co_return co_await storage::first_time(db, consumer.group, event.id, now());
  co_return *first;
}

/// An exception of a handler is a fault like any other error.
task<Result<bool>> try_once(Services& services, const Consumer& consumer, const Event& event) {
  try {
    co_return co_await handle_once(services, consumer, event);
  } catch (const std::exception& error) {
    co_return fail(Errc::internal, std::string{"unexpected: "} + error.what());
  }
}

/// The last resort, when the dead letter itself cannot be stored: all of the event, where operators
/// find it.
void log_whole(const std::string& group, const Event& e, const std::string& reason) {
  spdlog::error(
    "event=consumer.lost consumer={} id={} topic={} type={} key=\"{}\" time={} traceparent={} "
    "reason=\"{}\" data={}",
    group, to_string(e.id), name_of(e.topic), storable(e.type), storable(e.key), to_rfc3339(e.time),
    storable(e.traceparent), storable(reason), storable(e.data));
}

/// Tries to write a dead letter; an exception is a failure like any other.
task<Done> try_add(Services& services, const storage::DeadLetter& letter) {
  try {
    co_return co_await storage::add_dead_letter(services.databases.here(), letter);
  } catch (const std::exception& error) {
    co_return fail(Errc::internal, std::string{"unexpected: "} + error.what());
  }
}

/// Sets an event aside: tried until PostgreSQL takes it, because the event is lost otherwise. Only
/// when its text itself cannot be stored it is written to the log, so that what is behind it goes
/// on.
task<Result<Ok>> set_aside(Services& services, const std::string& group, Event event,
                           std::string reason, std::int64_t attempts) {
  storage::DeadLetter letter{
    new_uuid(), group, storable(std::move(event)), storable(std::move(reason)), attempts,
    now(),      {}};
  for (std::int64_t failures = 1;; ++failures) {
    auto added = co_await try_add(services, letter);
    if (added)
      co_return Ok{};
    auto wait = wait_before(failures, chance());
    spdlog::error("event=consumer.not_set_aside consumer={} id={} attempt={} code={} why=\"{}\" "
                  "again_in_ms={}",
                  group, to_string(letter.event.id), failures, to_string(added.error().code),
                  added.error().detail, wait.count());
    if (never_storable(added.error())) {
      log_whole(group, letter.event, letter.reason);
      co_return Ok{};
    }
    co_await pause(wait);
  }
}

/// Handles an event however long it takes: until its effect is there or it is set aside.
task<Result<Ok>> see_through(Services& services, std::shared_ptr<Listener> listener,
                             const HandleRecord& record) {
  const auto& group = listener->consumer.group;
  auto& figures = *listener->figures;
  if (!record.unreadable.empty()) {
    figures.dead.fetch_add(1);
    co_return co_await set_aside(services, group, record.event, record.unreadable, 0);
  }
  std::int64_t attempts = 0;
  for (std::int64_t failures = 1;; ++failures) {
    auto fresh = co_await try_once(services, listener->consumer, record.event);
    if (fresh) {
      (*fresh ? figures.handled : figures.repeated).fetch_add(1);
      co_return Ok{};
    }
    figures.failures.fetch_add(1);
    auto next = after_failure(fresh.error(), attempts + 1, services.config.events.attempts_max);
    if (next != AfterFailure::outage)
      ++attempts;
    spdlog::warn("event=consumer.failed consumer={} id={} type={} attempt={} code={} why=\"{}\"",
                 group, to_string(record.event.id), record.event.type, failures,
                 to_string(fresh.error().code), fresh.error().detail);
    if (next == AfterFailure::give_up) {
      figures.dead.fetch_add(1);
      co_return co_await set_aside(services, group, record.event, fresh.error().detail, attempts);
    }
    co_await pause(wait_before(failures, chance()));
  }
}

void next_work(Self* self) {
  auto& state = self->state;
  while (!state.finishing) {
    auto taken = state.queues->next();
    if (!taken)
      break;
    auto record = std::make_shared<const HandleRecord>(std::move(taken->second));
    if (state.epochs.is_old(record->topic, record->partition, record->epoch)) {
      state.queues->finish(taken->first);
      continue;
    }
    self->await<Ok>(
      state.services->io,
      [&s = *state.services, listener = state.listener, record]() -> task<Result<Ok>> {
        return see_through(s, listener, *record);
      },
      [self, record, key = std::move(taken->first)](Result<Ok> result) {
        auto& after = self->state;
        if (!result)  // an exception, which no attempt explains
          log_whole(after.listener->consumer.group, record->event, result.error().detail);
        after.done(*record);
        after.queues->finish(key);
        next_work(self);
      });
  }
  state.listener->figures->waiting.store(
    static_cast<std::int64_t>(state.queues->waiting() + state.queues->busy()));
  if (state.finishing && state.queues->busy() == 0)
    for (auto& promise : std::exchange(state.finished, {}))
      promise.deliver(Ok{});
}

/// Puts a record into its queue. Those of its source's earlier epochs come again: what waits of
/// them goes, or every start of the source would leave as many behind.
void take(State& state, const HandleRecord& record) {
  if (state.epochs.is_old(record.topic, record.partition, record.epoch))
    return;
  if (state.epochs.note(record.topic, record.partition, record.epoch))
    state.queues->erase_if([&](const HandleRecord& waiting) {
      return state.epochs.is_old(waiting.topic, waiting.partition, waiting.epoch);
    });
  state.queues->push(record.event.key, record);
}

ConsumerActor::behavior_type consumer_actor(Self* self, Services* services,
                                            std::shared_ptr<Listener> listener, RecordDone done) {
  auto& state = self->state;
  state.services = services;
  state.listener = std::move(listener);
  state.done = std::move(done);
  state.queues.emplace(static_cast<std::size_t>(services->config.events.handled_at_once));
  return {
    [self](const HandleRecord& m) {
      take(self->state, m);
      next_work(self);
    },
    [self](const Context&, const Finish&) -> caf::result<Ok> {
      auto promise = self->make_response_promise<Ok>();
      self->state.finishing = true;
      self->state.finished.push_back(promise);
      next_work(self);
      return promise;
    },
  };
}

}  // namespace

ConsumerActor start_consumer(Services& services, std::shared_ptr<Listener> listener,
                             RecordDone done, const std::string& path) {
  return services.system.spawn(path, "consumer", consumer_actor, &services, std::move(listener),
                               std::move(done));
}

}  // namespace jobraker::events
