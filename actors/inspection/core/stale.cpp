#include "actors/inspection/core/stale.hpp"

#include <algorithm>
#include <string>

namespace jobraker::inspection {
namespace {

std::string_view words(StuckReason reason) {
  switch (reason) {
  case StuckReason::silent:
    return "nothing is heard of its run";
  case StuckReason::not_found:
    return "its run was looked for in vain";
  case StuckReason::in_doubt:
    return "nobody knows whether it was sent";
  case StuckReason::not_taken:
    return "its turn does not come";
  case StuckReason::overdue:
    return "nobody looks after it";
  case StuckReason::needs_input:
    return "its person has not come";
  }
  return "stuck";
}

}  // namespace

std::vector<Conspicuous> stale_work(const std::vector<WorkUnderWay>& work,
                                    const StaleLimits& limits, Time now) {
  using Minutes = std::chrono::duration<double, std::ratio<60>>;
  std::vector<Conspicuous> out;
  for (const auto& one : work) {
    const auto limit =
      std::max(one.stuck ? limits.application : limits.kit, std::chrono::minutes{1});
    const auto still = std::max(now - one.moved_at, Time::duration::zero());
    auto value = Minutes{still} / Minutes{limit};
    if (one.stuck)
      value = std::max(value, 1.0);
    if (value < 1 || one.stuck == StuckReason::needs_input)
      continue;
    const auto minutes =
      std::to_string(std::chrono::floor<std::chrono::minutes>(still).count()) + " min";
    out.push_back({AlarmKind::stale_workflow, one.path, value,
                   one.stuck ? std::string{words(*one.stuck)} + "; as it is for " + minutes
                             : "no step for " + minutes});
  }
  return out;
}

}  // namespace jobraker::inspection
