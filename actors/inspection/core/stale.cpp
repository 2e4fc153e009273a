#include "actors/inspection/core/stale.hpp"

#include <algorithm>
#include <string>

namespace jobraker::inspection {

std::vector<Conspicuous> stale_work(const std::vector<WorkUnderWay>& work,
                                    const StaleLimits& limits, Time now) {
  using Minutes = std::chrono::duration<double, std::ratio<60>>;
  std::vector<Conspicuous> out;
  for (const auto& one : work) {
    const bool application = one.kind == WorkUnderWay::Kind::application;
    const auto limit =
      std::max(application ? limits.application : limits.kit, std::chrono::minutes{1});
    const auto still = std::max(now - one.moved_at, Time::duration::zero());
    auto value = Minutes{still} / Minutes{limit};
    if (application)
      value = std::max(value, 1.0);
    if (value < 1)
      continue;
    const auto minutes = std::chrono::floor<std::chrono::minutes>(still).count();
    out.push_back({AlarmKind::stale_workflow, one.path, value,
                   (application ? "no news of the run for " : "no step for ") +
                     std::to_string(minutes) + " min"});
  }
  return out;
}

}  // namespace jobraker::inspection
