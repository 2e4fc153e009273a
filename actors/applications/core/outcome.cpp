#include "actors/applications/core/outcome.hpp"

#include <algorithm>
#include <optional>

#include "messages/json.hpp"

namespace jobraker::applications {
namespace {

using Status = ApplicationStatus;

constexpr std::size_t words_max = 1000;

/// How far along a run is.
int stage(RunState state) noexcept {
  switch (state) {
  case RunState::created:
    return 0;
  case RunState::queued:
    return 1;
  case RunState::running:
  case RunState::paused:
  case RunState::other:
    return 2;
  default:
    return 3;
  }
}

/// Not longer than a timeline needs, and not cut in the middle of a character.
std::string shortened(std::string text) {
  if (text.size() <= words_max)
    return text;
  auto end = words_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  text.resize(end);
  return text + "…";
}

std::string with_reason(std::string text, const std::string& reason) {
  return reason.empty() ? text : shortened(text + ": " + reason);
}

/// What the agent says in the form it was asked for.
struct Said {
  std::optional<bool> submitted{};
  std::string confirmation{};
  std::string message{};
};

Said said_by(const std::string& output) {
  Said said;
  auto document = json::Document::parse(output);
  if (!document)
    return said;
  auto root = document->root();
  if (auto text = root.string())
    said.message = std::string{*text};
  said.submitted = root["submitted"].boolean();
  for (auto name : {"confirmation", "confirmation_id"})
    if (said.confirmation.empty())
      said.confirmation = root[name].string_or("");
  for (auto name : {"instructions", "message"})
    if (said.message.empty())
      said.message = root[name].string_or("");
  return said;
}

const RunFault* fault(const RunReport& report, std::string_view code) {
  auto it = std::find_if(report.errors.begin(), report.errors.end(),
                         [&](const RunFault& f) { return f.code == code; });
  return it == report.errors.end() ? nullptr : &*it;
}

std::string reason_of(const RunReport& report) {
  if (!report.failure_reason.empty())
    return report.failure_reason;
  return report.errors.empty() ? "" : report.errors.front().reasoning;
}

Outcome paused(const RunReport& report) {
  Outcome out{Status::needs_input, false, "Skyvern waits for you.", {}};
  out.instructions = said_by(report.output).message;
  if (out.instructions.empty())
    out.instructions = reason_of(report);
  if (out.instructions.empty())
    out.instructions = "The form needs something only you can do; open the run and go on there.";
  out.instructions = shortened(std::move(out.instructions));
  return out;
}

Outcome completed(const RunReport& report) {
  auto said = said_by(report.output);
  if (said.submitted == false)
    return {Status::unknown,
            false,
            with_reason("The run ended without saying that it was sent", said.message),
            {}};
  return {Status::submitted, false, with_reason("Sent", said.confirmation), {}};
}

/// Ends that we asked for by a code; nothing was sent before any of them.
std::optional<Outcome> given_up(const RunReport& report) {
  struct Code {
    std::string_view code;
    Status status;
    bool certain;
    std::string_view words;
  };
  static constexpr Code codes[] = {
    {"already_applied", Status::unknown, false,
     "The employer seems to have an application of yours"},
    {"job_closed", Status::failed, true, "The posting is closed"},
    {"missing_information", Status::needs_input, true, "The form asks for more"},
    {"login_required", Status::needs_input, true, "The employer's page wants a login"},
    {"captcha_blocked", Status::needs_input, true, "The employer's page wants to see a person"},
  };
  for (const auto& c : codes)
    if (const auto* found = fault(report, c.code)) {
      auto words = with_reason(std::string{c.words}, found->reasoning);
      return Outcome{c.status, c.certain, words, c.status == Status::needs_input ? words : ""};
    }
  return std::nullopt;
}

}  // namespace

bool is_final(RunState state) noexcept { return stage(state) == 3; }

bool advances(RunState known, RunState next) noexcept {
  if (is_final(known))
    return known == RunState::canceled && next == RunState::completed;
  return known != next && stage(next) >= stage(known);
}

Outcome outcome_of(const RunReport& report, bool cancelled) {
  if (report.state == RunState::paused)
    return paused(report);
  if (report.state == RunState::completed)
    return completed(report);
  if (report.state == RunState::canceled)
    return {cancelled ? Status::withdrawn : Status::failed,
            false,
            cancelled ? "The run was stopped as you asked." : "The run was stopped at Skyvern.",
            {}};
  // Skyvern calls a run failed, too, when all it could not do was to tell us.
  if (report.failure_reason.find("Failed to send webhook") != std::string::npos ||
      said_by(report.output).submitted == true)
    return {Status::unknown,
            false,
            with_reason("The run counts as failed but may have been sent", report.failure_reason),
            {}};
  if (report.state != RunState::timed_out)
    if (auto known = given_up(report))
      return *known;
  bool untouched = report.step_count == 0;
  auto words = report.state == RunState::terminated  ? "The form could not be completed"
               : report.state == RunState::timed_out ? "The run took too long"
                                                     : "The run failed";
  return {Status::failed, untouched, with_reason(words, reason_of(report)), {}};
}

const std::vector<std::pair<std::string, std::string>>& error_codes() {
  static const std::vector<std::pair<std::string, std::string>> codes{
    {"job_closed", "the posting is closed or gone; nothing was submitted"},
    {"missing_information",
     "the form requires something that is not in the applicant's data; nothing was submitted"},
    {"login_required", "the page requires an account or a login; nothing was submitted"},
    {"captcha_blocked", "a captcha cannot be solved; nothing was submitted"},
    {"already_applied", "the page says that this applicant has applied already"},
  };
  return codes;
}

const std::string_view output_schema =
  R"({"type":"object","properties":{)"
  R"("submitted":{"type":"boolean","description":"whether the page confirmed the submission"},)"
  R"("confirmation":{"type":["string","null"],"description":"number or words of the confirmation"},)"
  R"("message":{"type":["string","null"],"description":"anything the applicant has to know"}},)"
  R"("required":["submitted"]})";

}  // namespace jobraker::applications
