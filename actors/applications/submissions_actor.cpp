#include "actors/applications/submissions_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/applications/core/lifecycle.hpp"
#include "actors/applications/run_report.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"
#include "net/ask.hpp"
#include "net/client/skyvern_webhook.hpp"
#include "storage/databases.hpp"
#include "storage/submissions.hpp"
#include "storage/webhook_intake.hpp"

namespace jobraker {
namespace {

using std::chrono::seconds;
using storage::OpenWebhook;

constexpr seconds sweep_every{2};
/// Whoever is awake looks by itself; the sweep is for those who are not.
constexpr seconds grace{1};
/// Whoever cannot send looks last, should another node have a key that we have not been given.
constexpr seconds keyless_grace{30};
/// Beyond every wait for a turn: all that waits.
constexpr std::chrono::hours any_turn{24};
constexpr std::int64_t due_max = 200;
constexpr std::int64_t open_max = 50;
constexpr seconds reading{30};  ///< lease of a webhook that is being read
constexpr int at_once = 32;
constexpr std::chrono::hours nobodys{48};  ///< after which a webhook without a run is closed
constexpr std::chrono::hours forget_after{30 * 24};
constexpr std::chrono::hours forget_every{1};

struct SubmissionsState {
  static inline const char* name = "skyvern";
  Services* services = nullptr;
  int reading = 0;
  bool sweeping = false;
  bool first = true;  ///< nothing has been swept yet
  Time forgotten_at{};
  std::uint64_t taken = 0;
  std::uint64_t known = 0;

  std::string summary() const {
    Summary out;
    services->applications->standing->tell(out);
    return out.with("reading", reading)
      .with("sweeping", sweeping)
      .with("webhooks_taken", taken)
      .with("webhooks_known", known)
      .text();
  }
};

using Self = Shell<SubmissionsState, SubmissionsActor>;

/// Whose run a report is of; an answer that we never got may have named it.
task<Result<std::optional<ApplicationId>>> whose(Services& services, const RunReport& report) {
  auto& db = services.databases.here();
  auto application = co_await storage::application_of_run(db, report.run_id);
  if (!application || *application)
    co_return application;
  if (auto titled = applications::read_title(report.title))
    co_return titled->application;
  co_return std::nullopt;
}

/// Nobody's yet: the call that started the run may still be under way. Ever later, and then closed.
task<Result<Ok>> leave_open(Services& services, const OpenWebhook& webhook) {
  auto& db = services.databases.here();
  auto age = now() - webhook.received_at;
  Done done;
  if (age > nobodys) {
    done = co_await storage::close_webhook(db, webhook, "of an unknown run", now());
  } else {
    auto wait = std::clamp<std::chrono::microseconds>(age, seconds{2}, std::chrono::minutes{10});
    done = co_await storage::put_off_webhook(
      db, webhook, std::chrono::duration_cast<std::chrono::milliseconds>(wait), now());
  }
  if (!done)
    co_return fail(std::move(done.error()));
  co_return Ok{};
}

task<Result<Ok>> read_webhook(Services& services, OpenWebhook webhook) {
  auto run = net::read_skyvern_webhook(webhook.body);
  if (!run) {
    auto closed =
      co_await storage::close_webhook(services.databases.here(), webhook, "unreadable", now());
    co_return closed ? Result<Ok>{Ok{}} : fail(std::move(closed.error()));
  }
  auto report = applications::report_of(*run);
  auto application = co_await whose(services, report);
  if (!application)
    co_return fail(std::move(application.error()));
  if (!*application)
    co_return co_await leave_open(services, webhook);
  HearReport news{
    std::move(report),
    {std::string{storage::webhook_effect.name}, webhook.key.bytes, webhook.fence, {}}};
  auto heard = co_await net::ask([&] { return services.applications->find(**application); },
                                 Context::system(reading), news);
  if (heard)
    co_return heard;
  // Erased, or a title that was made up; or nothing that a database can keep. Not for ever.
  auto why = heard.error().code;
  if (why == Errc::not_found || why == Errc::invalid || why == Errc::internal) {
    spdlog::warn("event=webhook.left_open run={} why=\"{}\"", webhook.run_id, heard.error().detail);
    co_return co_await leave_open(services, webhook);
  }
  co_return heard;
}

void read(Self* self, OpenWebhook webhook) {
  auto& state = self->state;
  if (state.reading >= at_once)
    return;  // its lease ends, and the sweep finds it
  ++state.reading;
  self->await<Ok>(
    state.services->io,
    [&s = *state.services, webhook = std::move(webhook)] { return read_webhook(s, webhook); },
    [self](Result<Ok> done) {
      --self->state.reading;
      if (!done)
        spdlog::warn("event=webhook.not_read why=\"{}\"", done.error().detail);
    });
}

caf::result<Ok> take_in(Self* self, const Context& c, const TakeInWebhook& m) {
  using Taken = std::optional<OpenWebhook>;
  auto promise = self->make_response_promise<Ok>();
  self->await<Taken>(
    self->state.services->io,
    [&s = *self->state.services, c, m]() -> task<Result<Taken>> {
      storage::Until session{s.databases.here(), c.deadline};
      co_return co_await storage::take_in_webhook(session, storage::webhook_key("skyvern", m.body),
                                                  m.run_id, m.body, reading, now());
    },
    [self, promise](Result<Taken> taken) mutable {
      if (!taken)
        return refuse(promise, taken.error());
      promise.deliver(Ok{});
      ++self->state.taken;
      if (*taken)
        read(self, std::move(**taken));
      else
        ++self->state.known;
    });
  return promise;
}

struct Found {
  std::vector<ApplicationId> due{};
  std::vector<OpenWebhook> open{};
};

/// Until when the time of an application must have come for it to be woken. Without a key whoever
/// waits for a turn is told at once, at the `first` sweep, that it does not come.
Time due_before(const Services& services, bool first) {
  if (services.applications->can_send())
    return now() - grace;
  return first ? now() + any_turn : now() - keyless_grace;
}

task<Result<Found>> find_work(Services& services, std::int64_t webhooks_max, bool forget,
                              Time before) {
  storage::Until session{services.databases.here(), std::chrono::steady_clock::now() + seconds{20}};
  Found found;
  auto due = co_await storage::due_submissions(session, before, due_max);
  if (!due)
    co_return fail(std::move(due.error()));
  found.due = std::move(*due);
  if (forget)
    if (auto old = co_await storage::forget_webhooks(session, now() - forget_after, 10'000); !old)
      spdlog::warn("event=webhooks.not_forgotten why=\"{}\"", old.error().detail);
  // Last, so that nothing fails once they are ours.
  auto open = co_await storage::open_webhooks(session, reading, now(), webhooks_max);
  if (!open)
    co_return fail(std::move(open.error()));
  found.open = std::move(*open);
  co_return found;
}

void sweep(Self* self) {
  auto& state = self->state;
  self->delayed_send(self, sweep_every, Tick{});
  if (state.sweeping)
    return;
  state.sweeping = true;
  bool forget = now() - state.forgotten_at > forget_every;
  if (forget)
    state.forgotten_at = now();
  self->await<Found>(
    state.services->io,
    [&s = *state.services, free = std::clamp<std::int64_t>(at_once - state.reading, 0, open_max),
     forget, before = due_before(*state.services, state.first)] {
      return find_work(s, free, forget, before);
    },
    [self](Result<Found> found) {
      self->state.sweeping = false;
      if (!found)
        return spdlog::warn("event=submissions.sweep_failed why=\"{}\"", found.error().detail);
      self->state.first = false;
      for (const auto& application : found->due)
        applications::wake(*self->state.services, application);
      for (auto& webhook : found->open)
        read(self, std::move(webhook));
    });
}

SubmissionsActor::behavior_type submissions_actor(Self* self, Services* services) {
  self->state.services = services;
  self->state.forgotten_at = now();
  self->send(self, Tick{});
  return {
    [=](const Context& c, const TakeInWebhook& m) { return take_in(self, c, m); },
    [=](const Tick&) { sweep(self); },
    [=](const Context&, const Inspect&) -> StateSummary {
      const auto& state = self->state;
      return {"webhooks: " + std::to_string(state.taken) + ", known already: " +
              std::to_string(state.known) + ", being read: " + std::to_string(state.reading)};
    },
  };
}

}  // namespace

SubmissionsActor start_submissions(Services& services, const std::string& path) {
  return services.system.spawn(path, "skyvern", submissions_actor, &services);
}

}  // namespace jobraker
