#include "actors/system/io_threads.hpp"

#include <atomic>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <spdlog/spdlog.h>

namespace jobraker {
namespace {

thread_local std::size_t here_index = IoThreads::npos;

}  // namespace

struct IoThreads::Impl {
  std::vector<asio::executor_work_guard<IoExecutor>> guards;
  std::vector<std::thread> threads;
  std::atomic<std::size_t> next{0};
};

IoThreads::IoThreads(std::size_t count) : impl_(std::make_unique<Impl>()) {
  if (count == 0)
    count = std::max(1u, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < count; ++i) {
    contexts_.push_back(std::make_unique<IoContext>(1));
    impl_->guards.emplace_back(contexts_.back()->get_executor());
  }
}

IoThreads::~IoThreads() { stop(); }

std::vector<IoContext*> IoThreads::contexts() {
  std::vector<IoContext*> out;
  for (auto& context : contexts_)
    out.push_back(context.get());
  return out;
}

void IoThreads::start(std::function<void(std::size_t)> prepare) {
  for (std::size_t i = 0; i < contexts_.size(); ++i)
    impl_->threads.emplace_back([this, i, prepare] {
      here_index = i;
      if (prepare)
        prepare(i);
      for (;;) {
        try {
          contexts_[i]->run();
          return;
        } catch (const std::exception& error) {
          // A completion handler of ours let something through. The thread must live on: others
          // depend on it.
          spdlog::error("event=io.uncaught thread={} what=\"{}\"", i, error.what());
        }
      }
    });
}

void IoThreads::stop() {
  impl_->guards.clear();
  for (auto& thread : impl_->threads)
    if (thread.joinable())
      thread.join();
  impl_->threads.clear();
}

std::size_t IoThreads::here() noexcept { return here_index; }

IoContext& IoThreads::any() noexcept {
  if (here_index < contexts_.size())
    return *contexts_[here_index];
  return *contexts_[impl_->next.fetch_add(1, std::memory_order_relaxed) % contexts_.size()];
}

}  // namespace jobraker
