#include "actors/operation/readiness.hpp"

#include <algorithm>

#include "actors/system/pause.hpp"
#include "storage/databases.hpp"

namespace jobraker::operation {
namespace {

constexpr std::chrono::seconds ping_wait{2};
constexpr std::chrono::seconds leave_wait{5};
constexpr std::chrono::milliseconds leave_look{20};

}  // namespace

task<ReadinessView> Readiness::look(Clock::time_point deadline) {
  const auto until = std::min(deadline, Clock::now() + ping_wait);
  const auto answered = co_await services_.databases.here().ping(until);
  dependencies_.saw("postgresql", answered.has_value());
  dependencies_.saw_models();
  ReadinessView view;
  view.dependencies = dependencies_.list();
  for (const auto& one : view.dependencies)
    if (one.required && one.state != DependencyState::up)
      view.status = ServiceState::not_ready;
  std::lock_guard guard{mutex_};
  probes_.came(Clock::now());
  if (draining_) {
    view.status = ServiceState::draining;
    told_ = true;
  }
  co_return view;
}

task<void> Readiness::leave(Clock::time_point deadline) {
  const auto began = Clock::now();
  const auto latest = began + std::min<Clock::duration>(leave_wait, (deadline - began) / 3);
  std::optional<Clock::time_point> until;
  {
    std::lock_guard guard{mutex_};
    draining_ = true;
    until = probes_.expected_until(Clock::now());
  }
  while (until && Clock::now() < std::min(*until, latest)) {
    {
      std::lock_guard guard{mutex_};
      if (told_)
        break;
    }
    co_await pause(leave_look);
  }
}

}  // namespace jobraker::operation
