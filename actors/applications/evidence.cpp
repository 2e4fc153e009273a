#include "actors/applications/evidence.hpp"

#include <spdlog/spdlog.h>

#include "actors/applications/core/outcome.hpp"
#include "actors/applications/run_report.hpp"
#include "net/client/http_clients.hpp"
#include "storage/databases.hpp"
#include "storage/submissions.hpp"

namespace jobraker::applications {
namespace {

constexpr std::chrono::hours lasts{20};
constexpr std::chrono::seconds patience{3};

bool is_old(const RunReport& run) {
  return is_final(run.state) && run.heard_at && now() - *run.heard_at > lasts &&
         !(run.recording_url.empty() && run.screenshot_urls.empty());
}

}  // namespace

task<void> refresh_evidence(Services& services, Context context, ApplicationView& view) {
  auto& runs = view.submission.runs;
  if (!services.applications->can_send() || runs.empty() || !is_old(runs.front()))
    co_return;
  context.deadline = std::min(context.deadline, Context::Clock::now() + patience);
  auto run = co_await net::get_run(services.http.here(), services.applications->skyvern,
                                   runs.front().run_id, context);
  if (!run) {
    spdlog::info("event=application.evidence_kept id={} why=\"{}\"", to_string(view.id),
                 run.error().detail);
    co_return;
  }
  auto fresh = report_of(*run);
  // Where the run ended is decided elsewhere; this is about what it left behind.
  fresh.state = runs.front().state;
  storage::Until session{services.databases.here(), context.deadline};
  auto saved = co_await storage::save_run(session, view.id, 0, fresh, now());
  if (!saved)
    co_return;
  if (auto again = co_await storage::application_runs(session, view.id))
    runs = std::move(*again);
}

}  // namespace jobraker::applications
