// What Skyvern reports of a run.
#include <algorithm>

#include "net/client/skyvern.hpp"

namespace jobraker::net {
namespace {

constexpr std::string_view names[] = {"created", "queued",     "running",   "paused",   "completed",
                                      "failed",  "terminated", "timed_out", "canceled", "other"};

RunStatus read_status(std::string_view word) {
  const auto at = std::find(std::begin(names), std::end(names), word);
  return at == std::end(names) ? RunStatus::other : static_cast<RunStatus>(at - std::begin(names));
}

/// How far along a run is.
int stage(RunStatus status) noexcept {
  switch (status) {
  case RunStatus::created:
    return 0;
  case RunStatus::queued:
    return 1;
  case RunStatus::running:
  case RunStatus::paused:
  case RunStatus::other:
    return 2;
  default:
    return 3;
  }
}

constexpr std::size_t id_max = 200;
constexpr std::size_t text_max = 8000;  ///< bytes
constexpr std::size_t list_max = 50;
constexpr std::int64_t steps_max = 1'000'000;

/// Pages that a run has read end up in its words: no novels.
std::string shortened(std::string text) {
  if (text.size() > text_max) {
    auto end = text_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
      --end;  // not in the middle of a character
    text.resize(end);
  }
  return text;
}

/// The first of these members that is a text with something in it.
std::string text_of(json::View run, std::initializer_list<std::string_view> members) {
  for (auto name : members)
    if (auto text = run[name].string(); text && !text->empty())
      return shortened(std::string{*text});
  return {};
}

/// The run's id as it was sent; empty when it is none.
std::string id_of(json::View run) {
  for (auto name : {"run_id", "task_id", "workflow_run_id"})
    if (auto text = run[name].string(); text && !text->empty())
      return text->size() <= id_max ? std::string{*text} : std::string{};
  return {};
}

/// A text, of an address that a browser may be sent to.
std::string address_of(json::View run, std::initializer_list<std::string_view> members) {
  auto text = text_of(run, members);
  return text.starts_with("https://") || text.starts_with("http://") ? text : std::string{};
}

std::optional<Time> time_of(json::View value) {
  const auto text = value.string_or("");
  if (auto time = parse_rfc3339(text))
    return time;
  return parse_rfc3339(text + "Z");  // Skyvern's server leaves the zone out and means UTC
}

std::vector<std::string> addresses_of(json::View run) {
  std::vector<std::string> out;
  for (auto name : {"screenshot_urls", "action_screenshot_urls"}) {
    run[name].each_element([&](json::View url) {
      auto text = shortened(url.string_or(""));
      if (out.size() < list_max && (text.starts_with("https://") || text.starts_with("http://")))
        out.push_back(std::move(text));
    });
    if (!out.empty())
      return out;
  }
  if (auto one = address_of(run, {"screenshot_url"}); !one.empty())
    out.push_back(std::move(one));
  return out;
}

std::string output_of(json::View run) {
  for (auto name : {"output", "extracted_information"})
    if (auto value = run[name]; value && !value.is_null())
      return value.dump();
  return {};
}

}  // namespace

std::string_view to_string(RunStatus status) noexcept {
  return names[static_cast<std::size_t>(status)];
}

bool is_final(RunStatus status) noexcept { return stage(status) == 3; }

bool is_step(RunStatus known, RunStatus next) noexcept {
  if (is_final(known))
    return known == RunStatus::canceled && next == RunStatus::completed;
  return known != next && stage(next) >= stage(known);
}

bool SkyvernRun::has_error(std::string_view code) const noexcept {
  return std::any_of(errors.begin(), errors.end(),
                     [&](const RunError& error) { return error.code == code; });
}

bool SkyvernRun::only_webhook_failed() const noexcept {
  return status == RunStatus::failed && !output.empty() &&
         failure_reason.find("Failed to send webhook") != std::string::npos;
}

Result<SkyvernRun> parse_run(json::View value) {
  if (!value.is_object())
    return fail(Errc::malformed, "a run is a JSON object");
  SkyvernRun run;
  run.run_id = id_of(value);
  const auto status = value["status"].string();
  if (run.run_id.empty() || !status || status->empty())
    return fail(Errc::malformed, "a run has an id of at most 200 bytes and a status");
  run.status = read_status(*status);
  run.title = text_of(value, {"title"});
  if (run.title.empty())  // answers about one run echo the order instead
    run.title = text_of(value["run_request"], {"title"});
  run.output = output_of(value);
  run.failure_reason = text_of(value, {"failure_reason"});
  value["errors"].each_element([&](json::View error) {
    if (auto code = text_of(error, {"error_code"}); !code.empty() && run.errors.size() < list_max)
      run.errors.push_back({std::move(code), text_of(error, {"reasoning"})});
  });
  run.webhook_failure_reason = text_of(value, {"webhook_failure_reason"});
  run.recording_url = address_of(value, {"recording_url"});
  run.screenshot_urls = addresses_of(value);
  run.app_url = address_of(value, {"app_url"});
  run.step_count = value["step_count"].integer();
  if (run.step_count && (*run.step_count < 0 || *run.step_count > steps_max))
    run.step_count.reset();
  run.created_at = time_of(value["created_at"]);
  run.finished_at = time_of(value["finished_at"]);
  return run;
}

}  // namespace jobraker::net
