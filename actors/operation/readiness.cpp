#include "actors/operation/readiness.hpp"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>

#include "actors/system/io_threads.hpp"
#include "actors/system/pause.hpp"
#include "messages/spans.hpp"
#include "storage/databases.hpp"

namespace jobraker::operation {
namespace {

constexpr std::chrono::seconds ping_wait{2};
constexpr std::chrono::seconds leave_wait{5};
constexpr std::chrono::milliseconds leave_look{20};

}  // namespace

task<ReadinessView> Readiness::look(Clock::time_point deadline) {
  const auto until = std::min(deadline, Clock::now() + ping_wait);
  dependencies_.saw("postgresql", co_await all_answer(until));
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

task<bool> Readiness::all_answer(Clock::time_point until) {
  const CarriesCause carries;
  for (std::size_t i = 0; i < services_.databases.size(); ++i) {
    auto& database = services_.databases.at(i);
    auto answered =
      co_await asio::co_spawn(services_.io.context(i), database.ping(until), use_task);
    if (!answered)
      co_return false;
  }
  co_return true;
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
