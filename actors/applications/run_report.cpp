#include "actors/applications/run_report.hpp"

namespace jobraker::applications {

RunReport report_of(const net::SkyvernRun& run) {
  RunReport report;
  report.run_id = run.run_id;
  report.state = enum_from<RunState>(net::to_string(run.status)).value_or(RunState::other);
  report.title = run.title;
  report.output = run.output;
  report.failure_reason = run.failure_reason;
  for (const auto& error : run.errors)
    report.errors.push_back({error.code, error.reasoning});
  report.recording_url = run.recording_url;
  report.screenshot_urls = run.screenshot_urls;
  report.app_url = run.app_url;
  report.step_count = run.step_count;
  report.finished_at = run.finished_at;
  return report;
}

}  // namespace jobraker::applications
