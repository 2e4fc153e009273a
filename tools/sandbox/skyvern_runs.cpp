#include "tools/sandbox/skyvern_runs.hpp"

#include <algorithm>

namespace jobraker::sandbox {

namespace {

constexpr std::size_t runs_max = 10'000, files_max = 100;

bool is_end(std::string_view status) {
  for (auto end : {"completed", "failed", "terminated", "timed_out", "canceled"})
    if (status == end)
      return true;
  return false;
}

/// How far along a run is.
int stage(std::string_view status) {
  return status == "created" ? 0 : status == "queued" ? 1 : is_end(status) ? 3 : 2;
}

}  // namespace

bool plan_fault(RunPlan& plan, const Fault& fault) {
  switch (fault.kind) {
  case FaultKind::run_outcome:
    plan.outcome = fault.body;
    return true;
  case FaultKind::run_pause:
    return plan.pause = true;
  case FaultKind::run_stuck:
    return plan.stuck = true;
  case FaultKind::run_blames_webhook:
    return plan.blames_webhook = true;
  case FaultKind::run_cancel_loses:
    return plan.cancel_loses = true;
  case FaultKind::run_unlisted:
    plan.unlisted_ms = fault.ms > 0 ? fault.ms : 3600'000;
    return true;
  case FaultKind::webhook_late:
    plan.webhook_ms = fault.ms;
    return true;
  case FaultKind::webhook_repeat:
    plan.webhook_repeats = fault.after > 0 ? fault.after : 1;
    return true;
  case FaultKind::webhook_stale:
    return plan.webhook_stale = true;
  case FaultKind::webhook_forged:
    return plan.webhook_forged = true;
  case FaultKind::webhook_lost:
    return plan.webhook_lost = true;
  default:
    return false;
  }
}

bool SkyvernRunRecord::has_ended() const { return is_end(status); }

bool SkyvernRunRecord::advance(std::string_view to, Time at) {
  // A cancellation may lose its race; no other end is left again.
  if (to == status || stage(to) < stage(status) ||
      (has_ended() && !(status == "canceled" && to == "completed")))
    return false;
  status = to;
  history.emplace_back(to, at);
  return true;
}

std::optional<Time> SkyvernRunRecord::since(std::string_view wanted) const {
  for (const auto& [name, at] : history)
    if (name == wanted)
      return at;
  return std::nullopt;
}

// Ids go on where an earlier sandbox stopped: somebody may remember those.
SkyvernRuns::SkyvernRuns(const RunSettings& settings)
    : settings_{settings}, first_{settings},
      next_{static_cast<std::uint64_t>(now().time_since_epoch().count())} {}

SkyvernRunRecord SkyvernRuns::add(SkyvernRunRecord run) {
  std::lock_guard lock{mutex_};
  const bool second = run.order.engine == "skyvern-2.0";
  run.id = (second ? "tsk_v2_" : "tsk_") + std::to_string(next_++);
  run.type = second                              ? "task_v2"
             : run.order.engine == "skyvern-3.0" ? "task_v3"
             : run.order.engine == "skyvern-1.0" ? "task_v1"
                                                 : run.order.engine;
  std::replace(run.type.begin(), run.type.end(), '-', '_');
  if (second)
    run.order.title.clear();  // that engine does not keep it
  run.history.emplace_back("created", now());
  runs_.push_back(run);
  if (runs_.size() > runs_max)
    runs_.pop_front();
  return run;
}

std::optional<SkyvernRunRecord> SkyvernRuns::find(std::string_view id) const {
  std::lock_guard lock{mutex_};
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run)
    if (run->id == id)
      return *run;
  return std::nullopt;
}

bool SkyvernRuns::change(std::string_view id,
                         const std::function<bool(SkyvernRunRecord&)>& change) {
  std::lock_guard lock{mutex_};
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run)
    if (run->id == id)
      return change(*run);
  return false;
}

std::vector<SkyvernRunRecord> SkyvernRuns::all() const {
  std::lock_guard lock{mutex_};
  return {runs_.rbegin(), runs_.rend()};
}

std::string SkyvernRuns::add_file(std::string name, std::string type, std::string bytes) {
  std::lock_guard lock{mutex_};
  auto id = "file_" + std::to_string(next_++);
  files_.push_back({id, std::move(name), std::move(type), std::move(bytes)});
  if (files_.size() > files_max)
    files_.pop_front();
  return id;
}

std::optional<SkyvernRuns::File> SkyvernRuns::file(std::string_view id) const {
  std::lock_guard lock{mutex_};
  for (const auto& file : files_)
    if (file.id == id)
      return file;
  return std::nullopt;
}

RunSettings SkyvernRuns::settings() const {
  std::lock_guard lock{mutex_};
  return settings_;
}

void SkyvernRuns::set(const RunSettings& settings) {
  std::lock_guard lock{mutex_};
  settings_ = settings;
}

void SkyvernRuns::clear() {
  std::lock_guard lock{mutex_};
  runs_.clear();
  files_.clear();
  settings_ = first_;
}

}  // namespace jobraker::sandbox
