#include "actors/system/pause.hpp"

#include <boost/asio/steady_timer.hpp>

#include "messages/spans.hpp"

namespace jobraker {

task<void> pause(std::chrono::milliseconds time) {
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, IoExecutor>
    timer{co_await asio::this_coro::executor, time};
  CarriesCause carries;
  co_await timer.async_wait(use_task);
}

}  // namespace jobraker
