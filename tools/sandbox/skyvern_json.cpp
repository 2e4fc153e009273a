// Runs as Skyvern writes them.
#include "tools/sandbox/skyvern_runs.hpp"

namespace jobraker::sandbox {

namespace {

/// ISO 8601 with microseconds and without a zone, as Python writes naive times.
std::string naive(Time time) {
  auto text = to_rfc3339(time);
  text.pop_back();
  const auto dot = text.find('.');
  if (dot == std::string::npos)
    return text + ".000000";
  return text + std::string(7 - (text.size() - dot), '0');
}

void put(json::Writer& out, std::string_view name, std::string_view text) {
  out.key(name);
  if (text.empty())
    out.null();
  else
    out.value(text);
}

void put(json::Writer& out, std::string_view name, std::optional<Time> time) {
  put(out, name, time ? std::string_view{naive(*time)} : std::string_view{});
}

std::optional<Time> finished_at(const SkyvernRunRecord& run) {
  return run.has_ended() ? std::optional{run.history.back().second} : std::nullopt;
}

std::string artifact(const SkyvernRunRecord& run, std::string_view name) {
  return run.base + "/skyvern/artifacts/" + run.id + "/" + std::string{name};
}

void write_times(json::Writer& out, const SkyvernRunRecord& run) {
  put(out, "created_at", run.since("created"));
  put(out, "modified_at", run.history.back().second);
  put(out, "queued_at", run.since("queued"));
  put(out, "started_at", run.since("running"));
  put(out, "finished_at", finished_at(run));
}

void write_errors(json::Writer& out, const SkyvernRunRecord& run) {
  out.key("errors").begin_array();
  for (const auto& [code, reasoning] : run.verdict.errors)
    out.begin_object()
      .member("error_code", std::string_view{code})
      .member("reasoning", std::string_view{reasoning})
      .member("confidence_float", 0.9)
      .member("error_type", "USER_DEFINED_ERROR")
      .end_object();
  out.end_array();
}

/// The recording is there when the run has ended, screenshots from the first step on.
void write_artifacts(json::Writer& out, const SkyvernRunRecord& run) {
  put(out, "recording_url", run.has_ended() ? artifact(run, "recording.webm") : std::string{});
  out.key("recording_archived").value(false).key("screenshot_urls").begin_array();
  if (run.has_ended())
    out.value(std::string_view{artifact(run, "screenshot_final.png")});
  if (run.since("running"))
    out.value(std::string_view{artifact(run, "screenshot_action.png")});
  out.end_array().key("downloaded_files").begin_array().end_array();
}

}  // namespace

std::string run_json(const SkyvernRunRecord& run, bool webhook) {
  const auto& verdict = run.verdict;
  const std::string output = verdict.status.empty() ? "null" : verdict.output;
  json::Writer out;
  out.begin_object().member("run_id", std::string_view{run.id});
  if (webhook)
    out.member("task_id", std::string_view{run.id});
  out.member("run_type", std::string_view{run.type}).member("status", std::string_view{run.status});
  out.key("output").raw(output);
  if (webhook)
    out.key("extracted_information").raw(output);
  put(out, "failure_reason", verdict.failure_reason);
  write_errors(out, run);
  write_artifacts(out, run);
  put(out, "app_url", run.base + "/skyvern/runs/" + run.id);
  out.key("step_count");
  if (run.since("running"))
    out.value(verdict.steps);
  else
    out.null();
  for (auto name : {"browser_session_id", "browser_profile_id"})
    out.key(name).null();
  out.key("webhook_failure_reason");
  if (run.webhook_failure)
    out.value(std::string_view{*run.webhook_failure});
  else
    out.null();
  write_times(out, run);
  if (!webhook)
    out.key("run_request").raw(run.order.request);
  out.end_object();
  return out.text();
}

void write_listed_run(json::Writer& out, const SkyvernRunRecord& run) {
  out.begin_object()
    .member("task_run_id", std::string_view{"tr_" + run.id.substr(run.id.rfind('_') + 1)})
    .member("run_id", std::string_view{run.id})
    .member("task_run_type", std::string_view{run.type})
    .member("status", std::string_view{run.status});
  put(out, "title", run.order.title);
  put(out, "started_at", run.since("running"));
  put(out, "finished_at", finished_at(run));
  put(out, "created_at", run.since("created"));
  out.key("workflow_permanent_id").null().member("workflow_deleted", false);
  out.member("script_run", false).key("trigger_type").null().end_object();
}

void write_controlled_run(json::Writer& out, const SkyvernRunRecord& run) {
  const auto names = [&](std::string_view name, const std::vector<std::string>& list) {
    out.key(name).begin_array();
    for (const auto& one : list)
      out.value(std::string_view{one});
    out.end_array();
  };
  out.begin_object().member("run_id", std::string_view{run.id});
  put(out, "title", run.order.title);
  put(out, "url", run.order.url);
  put(out, "webhook_url", run.order.webhook_url);
  out.member("engine", std::string_view{run.order.engine})
    .member("prompt", std::string_view{run.order.prompt})
    .member("status", std::string_view{run.status})
    .member("submitted", run.verdict.submitted)
    .member("cancelled", run.cancelled);
  names("filled", run.verdict.filled);
  names("missing", run.verdict.missing);
  out.key("history").begin_array();
  for (const auto& [status, at] : run.history)
    out.begin_object()
      .member("status", std::string_view{status})
      .member("at", std::string_view{to_rfc3339(at)})
      .end_object();
  out.end_array().key("webhooks").begin_array();
  for (const auto& one : run.deliveries) {
    out.begin_object()
      .member("at", std::string_view{to_rfc3339(one.at)})
      .member("status", std::string_view{one.status})
      .member("kind", std::string_view{one.kind})
      .member("forged", one.forged)
      .key("answers")
      .begin_array();
    for (auto answer : one.answers)
      out.value(answer);
    out.end_array().end_object();
  }
  out.end_array().end_object();
}

}  // namespace jobraker::sandbox
