#include "actors/applications/application_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/applications/auto_apply.hpp"
#include "actors/applications/submission_content.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"
#include "storage/databases.hpp"
#include "storage/webhook_intake.hpp"

namespace jobraker {
namespace {

using applications::Committed;

/// With nothing to do for longer, the sweep wakes it again.
constexpr std::chrono::minutes stay{2};

struct ApplicationState {
  static inline const char* name = "application";
  Services* services = nullptr;
  ApplicationId id{};
  int working = 0;     ///< coroutines under way
  bool due = false;    ///< one of them takes the steps that are due
  bool again = false;  ///< and something has become due meanwhile
  bool gone = false;   ///< there are no rows
  std::optional<Time> wake_at{};
  std::optional<Time> timer{};  ///< when a Tick comes

  std::string summary() const {
    return Summary{}
      .with("working", working)
      .with("due", due)
      .with("again", again)
      .with("gone", gone)
      .with("wake_at", wake_at)
      .with("timer", timer)
      .text();
  }
};

using Self = Shell<ApplicationState, ApplicationActor>;

void look(Self* self);

/// Ends when there is nothing under way and nothing soon.
void rest(Self* self) {
  auto& state = self->state;
  if (state.working > 0)
    return;
  auto present = now();
  if (state.gone || !state.wake_at || *state.wake_at > present + stay) {
    state.services->applications->release(state.id);
    return self->quit();
  }
  if (state.timer && *state.timer <= *state.wake_at)
    return;
  state.timer = *state.wake_at;
  auto wait =
    std::max<std::chrono::microseconds>(*state.wake_at - present, std::chrono::milliseconds{1});
  self->delayed_send(self, std::chrono::ceil<std::chrono::milliseconds>(wait), Tick{});
}

/// Takes the steps that are due, one coroutine at a time.
void look(Self* self) {
  auto& state = self->state;
  if (state.due) {
    state.again = true;
    return;
  }
  state.due = true;
  ++state.working;
  self->await<std::optional<Time>>(
    state.services->io,
    [&s = *state.services, id = state.id] { return applications::run_due(s, id); },
    [self](Result<std::optional<Time>> next) {
      auto& after = self->state;
      after.due = false;
      --after.working;
      if (next) {
        after.wake_at = *next;
      } else if (next.error().code == Errc::not_found) {
        after.gone = true;
      } else {
        spdlog::warn("event=application.step_failed id={} why=\"{}\"", to_string(after.id),
                     next.error().detail);
        after.wake_at = now() + std::chrono::seconds{5};
      }
      if (std::exchange(after.again, false))
        return look(self);
      rest(self);
    });
}

/// Answers a request with what `work()` gives; then takes the steps that follow from it.
template <class T, class Work>
caf::result<T> serve(Self* self, Work work) {
  auto promise = self->make_response_promise<T>();
  ++self->state.working;
  self->await<T>(self->state.services->io, std::move(work),
                 [self, promise](Result<T> done) mutable {
                   --self->state.working;
                   bool missing = !done && done.error().code == Errc::not_found;
                   settle(promise, std::move(done));
                   if (missing)
                     return rest(self);
                   look(self);
                 });
  return promise;
}

/// Makes calls that nobody waits for.
void make(Self* self, Committed committed) {
  ++self->state.working;
  self->await<Ok>(
    self->state.services->io,
    [&s = *self->state.services, c = std::move(committed)]() mutable -> task<Result<Ok>> {
      co_await applications::make_calls(s, std::move(c));
      co_return Ok{};
    },
    [self](Result<Ok>) {
      --self->state.working;
      look(self);
    });
}

caf::result<ApplicationView> cancel(Self* self, const Context& c) {
  struct Cancelled {
    Committed committed{};
    ApplicationView view{};
  };
  auto promise = self->make_response_promise<ApplicationView>();
  ++self->state.working;
  self->await<Cancelled>(
    self->state.services->io,
    [&s = *self->state.services, id = self->state.id, c]() -> task<Result<Cancelled>> {
      auto done = co_await applications::cancel_application(s, c, id);
      if (!done)
        co_return fail(std::move(done.error()));
      storage::Until session{s.databases.here(), c.deadline};
      auto view = co_await applications::view_application(session, done->application);
      // It is committed; only the look at it failed.
      ApplicationView brief;
      static_cast<Application&>(brief) = done->application;
      co_return Cancelled{std::move(*done), view ? std::move(*view) : std::move(brief)};
    },
    [self, promise](Result<Cancelled> done) mutable {
      --self->state.working;
      if (!done) {
        refuse(promise, done.error());
        return rest(self);
      }
      promise.deliver(std::move(done->view));
      make(self, std::move(done->committed));
    });
  return promise;
}

task<Result<Ok>> hear(Services& services, Context context, ApplicationId id, HearReport m) {
  auto news = applications::hearing(services, m.report, false);
  auto decide = [&](storage::Session& session, const Application& row,
                    const applications::Standing& standing,
                    Time now) -> task<Result<applications::Decision>> {
    storage::OpenWebhook webhook;
    webhook.key.bytes = m.webhook.key;
    webhook.fence = m.webhook.fence;
    if (auto closed = co_await storage::close_webhook(session, webhook, "told", now); !closed)
      co_return fail(std::move(closed.error()));
    co_return co_await news(session, row, standing, now);
  };
  auto done = co_await applications::take_step(services, context, id, std::nullopt, decide);
  if (!done)
    co_return fail(std::move(done.error()));
  co_await applications::make_calls(services, std::move(*done));
  co_return Ok{};
}

ApplicationActor::behavior_type application_actor(Self* self, Services* services,
                                                  ApplicationId id) {
  self->state.services = services;
  self->state.id = id;
  return {
    [=](const Context& c, const ApproveThis& m) {
      return serve<Approval>(
        self, [=] { return applications::approve_application(*services, c, id, m.body); });
    },
    [=](const Context& c, const CancelThis&) { return cancel(self, c); },
    [=](const Context& c, const RetryThis&) {
      return serve<ApplicationView>(
        self, [=] { return applications::retry_application(*services, c, id); });
    },
    [=](const Context& c, const HearReport& m) {
      return serve<Ok>(self, [=] { return hear(*services, c, id, m); });
    },
    [=](const WakeApplication&) { look(self); },
    [=](const Tick&) {
      self->state.timer.reset();
      look(self);
    },
    [=](const Context&, const Inspect&) -> StateSummary {
      const auto& state = self->state;
      return {"working: " + std::to_string(state.working) +
              ", next look: " + (state.wake_at ? to_rfc3339(*state.wake_at) : "none")};
    },
  };
}

}  // namespace

ApplicationActor start_application(Services& services, const ApplicationId& id,
                                   const std::string& path) {
  return services.system.spawn(path, "application", application_actor, &services, id);
}

}  // namespace jobraker
