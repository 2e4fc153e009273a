#include "tools/sandbox/faults.hpp"

#include <algorithm>

#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::string_view kinds[] = {"latency",
                                      "status",
                                      "cut_stream",
                                      "cut_body",
                                      "malformed_json",
                                      "broken_content",
                                      "prose",
                                      "hang",
                                      "wrong_embedding_size",
                                      "stall_stream",
                                      "stream_error",
                                      "unknown_tool",
                                      "invented_employer",
                                      "flag",
                                      "status_after",
                                      "lost_reply",
                                      "late_reply",
                                      "run_outcome",
                                      "run_pause",
                                      "run_stuck",
                                      "run_blames_webhook",
                                      "run_cancel_loses",
                                      "run_unlisted",
                                      "webhook_late",
                                      "webhook_repeat",
                                      "webhook_stale",
                                      "webhook_forged",
                                      "webhook_lost"};
static_assert(std::size(kinds) == static_cast<std::size_t>(FaultKind::webhook_lost) + 1);

}  // namespace

std::string_view to_string(FaultKind kind) noexcept {
  return kinds[static_cast<std::size_t>(kind)];
}

bool is_run_end(std::string_view status) noexcept {
  return status == "completed" || status == "failed" || status == "terminated" ||
         status == "timed_out";
}

Result<Fault> read_fault(json::View value) {
  if (!value.is_object())
    return fail(Errc::invalid, "a fault is an object");
  static constexpr std::string_view known[] = {"match", "kind",  "ms",          "status", "headers",
                                               "body",  "times", "probability", "after"};
  std::string unknown;
  value.each_member([&](std::string_view name, json::View) {
    if (std::find(std::begin(known), std::end(known), name) == std::end(known))
      unknown = name;
  });
  if (!unknown.empty())
    return fail(Errc::invalid, "a fault has no member \"" + unknown + "\"");
  Fault out;
  auto kind = value["kind"].string_or("");
  auto found = std::find(std::begin(kinds), std::end(kinds), kind);
  if (found == std::end(kinds)) {
    std::string names;
    for (auto name : kinds)
      names += (names.empty() ? "" : ", ") + std::string{name};
    return fail(Errc::invalid, "kind must be one of " + names);
  }
  out.kind = static_cast<FaultKind>(found - std::begin(kinds));
  out.path_prefix =
    value["match"]["path_prefix"].string_or(is_run_fault(out.kind) ? "/v1/run/tasks" : "/");
  out.method = value["match"]["method"].string_or("");
  out.contains = value["match"]["contains"].string_or("");
  out.ms = value["ms"].integer().value_or(0);
  out.status = static_cast<int>(value["status"].integer().value_or(500));
  out.after = value["after"].integer().value_or(-1);
  out.times = value["times"].integer().value_or(1);
  out.probability = value["probability"].number().value_or(1);
  if (out.ms < 0 || out.ms > 3600'000 || out.status < 200 || out.status > 599 ||
      out.probability < 0 || out.probability > 1)
    return fail(Errc::invalid, "ms is 0 to 3600000, status 200 to 599, probability 0 to 1");
  value["headers"].each_member([&](std::string_view name, json::View text) {
    out.headers.emplace_back(name, text.is_string() ? text.string_or("") : text.dump());
  });
  if (auto body = value["body"])
    out.body = body.is_string() ? body.string_or("") : body.dump();
  if (out.kind == FaultKind::run_outcome && !is_run_end(out.body))
    return fail(Errc::invalid, "body is completed, failed, terminated or timed_out");
  return out;
}

std::uint64_t Faults::add(Fault fault) {
  std::lock_guard lock{mutex_};
  fault.id = next_++;
  faults_.push_back(std::move(fault));
  return faults_.back().id;
}

std::vector<Fault> Faults::take(std::string_view method, std::string_view path,
                                std::string_view body) {
  std::lock_guard lock{mutex_};
  std::vector<Fault> out;
  for (auto& fault : faults_) {
    if (fault.times == 0 || !path.starts_with(fault.path_prefix) ||
        (!fault.method.empty() && fault.method != method) ||
        (!fault.contains.empty() && body.find(fault.contains) == std::string_view::npos))
      continue;
    if (fault.probability < 1) {
      auto draw = static_cast<double>(hash("fault", seed_ + ++draws_) >> 11) / 9007199254740992.0;
      if (draw >= fault.probability)
        continue;
    }
    if (fault.times > 0)
      --fault.times;
    out.push_back(fault);
  }
  std::erase_if(faults_, [](const Fault& fault) { return fault.times == 0; });
  return out;
}

void Faults::clear() {
  std::lock_guard lock{mutex_};
  faults_.clear();
}

bool Faults::remove(std::uint64_t id) {
  std::lock_guard lock{mutex_};
  return std::erase_if(faults_, [&](const Fault& fault) { return fault.id == id; }) > 0;
}

std::string Faults::to_json() const {
  std::lock_guard lock{mutex_};
  json::Writer out;
  out.begin_object().key("faults").begin_array();
  for (const auto& fault : faults_) {
    out.begin_object();
    out.member("id", static_cast<std::int64_t>(fault.id));
    out.key("match").begin_object().member("path_prefix", std::string_view{fault.path_prefix});
    if (!fault.method.empty())
      out.member("method", std::string_view{fault.method});
    if (!fault.contains.empty())
      out.member("contains", std::string_view{fault.contains});
    out.end_object();
    out.member("kind", to_string(fault.kind)).member("ms", fault.ms).member("status", fault.status);
    out.member("times", fault.times)
      .member("probability", fault.probability)
      .member("after", fault.after);
    out.end_object();
  }
  out.end_array().end_object();
  return out.text();
}

}  // namespace jobraker::sandbox
