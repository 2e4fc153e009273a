// The calls to Skyvern, and what their answers lead to.
#include <spdlog/spdlog.h>

#include "actors/applications/run_report.hpp"
#include "actors/applications/submission_step.hpp"
#include "actors/system/pause.hpp"
#include "net/client/http_clients.hpp"
#include "storage/webhook_intake.hpp"

namespace jobraker::applications {
namespace {

using std::chrono::seconds;

/// Tries to write down an answer of Skyvern's, a second apart, when PostgreSQL is away. After that
/// whoever takes over finds the run by its title.
constexpr int store_attempts = 120;
constexpr std::size_t listed_max = 50;

/// From before the intent is committed until the answer is written down.
class Sending {
public:
  explicit Sending(std::shared_ptr<ApplicationServices::Drain> drain) : drain_(std::move(drain)) {
    ++drain_->sending;
  }
  ~Sending() { over(); }
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;
  void over() {
    if (auto drain = std::exchange(drain_, nullptr))
      --drain->sending;
  }

private:
  std::shared_ptr<ApplicationServices::Drain> drain_;
};

Context call_context(const Services& services) {
  return Context::system(services.applications->schedule.call);
}

/// An answer is worth more than a database that is away for a moment.
task<Result<Committed>> write_down(Services& services, ApplicationId id, Decide decide) {
  Result<Committed> done = fail(Errc::internal, "not tried");
  for (int attempt = 0; attempt < store_attempts; ++attempt) {
    if (attempt > 0)
      co_await pause(seconds{1});
    done = co_await take_step(services, Context::system(seconds{20}), id, std::nullopt, decide);
    if (done || (done.error().code != Errc::unavailable && done.error().code != Errc::timed_out))
      co_return done;
    spdlog::warn("event=application.not_stored id={} why=\"{}\"", to_string(id),
                 done.error().detail);
  }
  co_return done;
}

Decide creating(const Services& services, std::int64_t attempt, RunReport report) {
  return [schedule = services.applications->schedule, attempt, report = std::move(report)](
           storage::Session& session, const Application&, const Standing& standing,
           Time now) -> task<Result<Decision>> {
    Decision decision{created(standing, attempt, report, schedule, now), {}, {}};
    auto& after = decision.step.next.submission;
    if (after.run_id == report.run_id)
      decision.report = report;
    // Its webhook may have been faster than the answer.
    auto waiting = co_await storage::has_open_webhook(session, report.run_id);
    if (!waiting)
      co_return fail(std::move(waiting.error()));
    if (*waiting && after.phase == SubmissionPhase::running)
      after.wake_at = now;
    co_return decision;
  };
}

Decide not_created(const Services& services, std::int64_t attempt, net::CreateFailure failure) {
  return [schedule = services.applications->schedule, attempt, failure = std::move(failure)](
           storage::Session&, const Application&, const Standing& standing,
           Time now) -> task<Result<Decision>> {
    if (failure.maybe_created)
      co_return Decision{unanswered(standing, attempt, now), {}, {}};
    const auto& error = failure.error;
    bool for_good = error.code == Errc::unprocessable || error.code == Errc::invalid;
    Refused why{!for_good, error.retry_after, error.detail};
    co_return Decision{refused(standing, attempt, why, schedule, now), {}, {}};
  };
}

/// Whoever was kept from calling for so long (a machine that slept) must not call now: somebody
/// else looks for the run already, or has stopped to.
task<Result<Committed>> came_too_late(Services& services, const Committed& c) {
  spdlog::warn("event=application.call_too_late id={}", to_string(c.application.id));
  auto decide = [schedule = services.applications->schedule, attempt = c.submission.attempt](
                  storage::Session&, const Application&, const Standing& standing,
                  Time now) -> task<Result<Decision>> {
    Refused why{true, std::nullopt, "It took too long to come to it; nothing was sent."};
    co_return Decision{refused(standing, attempt, why, schedule, now), {}, {}};
  };
  co_return co_await write_down(services, c.application.id, decide);
}

task<Result<Committed>> create(Services& services, Committed c) {
  const auto& apps = *services.applications;
  auto attempt = c.submission.attempt;
  if (!may_call(c.submission, apps.schedule, now()))
    co_return co_await came_too_late(services, c);
  auto answer = co_await net::create_run(services.http.here(), apps.skyvern, std::move(*c.order),
                                         call_context(services));
  if (answer)
    apps.standing->saw(true);
  else
    apps.standing->saw(Result<bool>{fail(answer.error().error)});
  if (answer) {
    spdlog::info("event=application.run_created id={} attempt={} run={}",
                 to_string(c.application.id), attempt, answer->run_id);
    co_return co_await write_down(services, c.application.id,
                                  creating(services, attempt, report_of(*answer)));
  }
  spdlog::warn("event=application.run_not_confirmed id={} attempt={} maybe={} status={} why=\"{}\"",
               to_string(c.application.id), attempt, answer.error().maybe_created,
               answer.error().status, answer.error().error.detail);
  co_return co_await write_down(services, c.application.id,
                                not_created(services, attempt, std::move(answer.error())));
}

/// The run of an attempt, by its title. Nothing: there is none that Skyvern shows.
task<Result<std::optional<RunReport>>> search(Services& services, const Submission& submission) {
  const auto& apps = *services.applications;
  auto& client = services.http.here();
  auto runs = co_await net::find_runs(client, apps.skyvern, search_key(submission.application),
                                      listed_max, call_context(services));
  apps.standing->saw(runs);
  if (!runs)
    co_return fail(std::move(runs.error()));
  auto title = title_of(submission);
  for (const auto& run : *runs) {
    if (run.title != title)
      continue;
    auto whole = co_await net::get_run(client, apps.skyvern, run.run_id, call_context(services));
    if (whole)
      co_return report_of(*whole);
    // The list does not say how it ended: to be asked after.
    RunReport known;
    known.run_id = run.run_id;
    co_return known;
  }
  co_return std::nullopt;
}

task<Result<Committed>> look_up(Services& services, const Committed& c) {
  auto attempt = c.submission.attempt;
  auto found = co_await search(services, c.submission);
  if (found && *found)
    co_return co_await write_down(services, c.application.id,
                                  creating(services, attempt, std::move(**found)));
  if (!found)
    spdlog::warn("event=application.look_up_failed id={} why=\"{}\"", to_string(c.application.id),
                 found.error().detail);
  auto decide = [schedule = services.applications->schedule, attempt,
                 failed = !found](storage::Session&, const Application&, const Standing& standing,
                                  Time now) -> task<Result<Decision>> {
    co_return Decision{not_found(standing, attempt, failed, schedule, now), {}, {}};
  };
  co_return co_await write_down(services, c.application.id, decide);
}

task<void> stop(Services& services, const Committed& c) {
  auto asked = co_await net::cancel_run(services.http.here(), services.applications->skyvern,
                                        c.submission.run_id, call_context(services));
  if (!asked)
    spdlog::warn("event=application.cancel_failed id={} run={} why=\"{}\"",
                 to_string(c.application.id), c.submission.run_id, asked.error().detail);
}

task<Result<Committed>> ask_after(Services& services, const Committed& c) {
  auto run = co_await net::get_run(services.http.here(), services.applications->skyvern,
                                   c.submission.run_id, call_context(services));
  services.applications->standing->saw(run);
  if (run)
    co_return co_await write_down(services, c.application.id,
                                  hearing(services, report_of(*run), true));
  spdlog::warn("event=application.poll_failed id={} run={} why=\"{}\"", to_string(c.application.id),
               c.submission.run_id, run.error().detail);
  auto decide = [schedule = services.applications->schedule, run_id = c.submission.run_id,
                 gone = run.error().code == Errc::not_found](storage::Session&, const Application&,
                                                             const Standing& standing,
                                                             Time now) -> task<Result<Decision>> {
    co_return Decision{(gone ? vanished : unread)(standing, run_id, schedule, now), {}, {}};
  };
  co_return co_await write_down(services, c.application.id, decide);
}

task<Result<Committed>> make(Services& services, Committed c, Call call) {
  switch (call) {
  case Call::create:
    co_return co_await create(services, std::move(c));
  case Call::look_up:
    co_return co_await look_up(services, c);
  case Call::cancel:
    co_await stop(services, c);
    break;
  case Call::get:
    co_return co_await ask_after(services, c);
  }
  c.calls.clear();
  co_return c;
}

}  // namespace

task<std::optional<Time>> make_calls(Services& services, Committed committed) {
  if (!services.applications->can_send())  // there is nobody to be asked
    committed.calls.clear();
  while (!committed.calls.empty()) {
    auto calls = std::exchange(committed.calls, {});
    for (auto call : calls) {
      auto next = co_await make(services, committed, call);
      if (!next) {
        spdlog::error("event=application.step_failed id={} why=\"{}\"",
                      to_string(committed.application.id), next.error().detail);
        co_return now() + seconds{10};
      }
      committed = std::move(*next);
    }
  }
  co_return committed.submission.wake_at;
}

task<Result<std::optional<Time>>> run_due(Services& services, ApplicationId application) {
  for (;;) {
    Sending sending{services.applications->drain};
    auto step = co_await take_step(services, Context::system(seconds{20}), application,
                                   std::nullopt, waking(services));
    if (!step)
      co_return fail(std::move(step.error()));
    if (!step->order)
      sending.over();
    auto next = co_await make_calls(services, std::move(*step));
    if (!next || *next > now())
      co_return next;
  }
}

}  // namespace jobraker::applications
