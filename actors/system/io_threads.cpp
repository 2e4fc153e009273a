#include "actors/system/io_threads.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <spdlog/spdlog.h>

#include "messages/spans.hpp"

namespace jobraker {
namespace {

thread_local std::size_t here_index = IoThreads::npos;

/// How long the contexts may take to run dry at the end.
constexpr std::chrono::seconds dry_time{2};

}  // namespace

struct IoThreads::Impl {
  std::vector<asio::executor_work_guard<IoExecutor>> guards;
  std::vector<std::thread> threads;
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t running = 0;

  void one_less() {
    std::lock_guard guard{mutex};
    --running;
    ended.notify_all();
  }
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
  impl_->running = contexts_.size();
  // Shared: a thread may still be within count_down() when we have gone on.
  auto prepared = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(contexts_.size()));
  for (std::size_t i = 0; i < contexts_.size(); ++i)
    impl_->threads.emplace_back([this, i, &prepare, prepared] {
      here_index = i;
      if (prepare)
        prepare(i);
      prepared->count_down();
      for (;;) {
        try {
          // Not run(): between two handlers nobody is the cause of anything.
          while (contexts_[i]->run_one() > 0)
            current_cause() = Cause{};
          return impl_->one_less();
        } catch (const std::exception& error) {
          // A completion handler of ours let something through. The thread must live on: others
          // depend on it.
          spdlog::error("event=io.uncaught thread={} what=\"{}\"", i, error.what());
        }
      }
    });
  // What `prepare` refers to may be gone as soon as the caller has us back.
  prepared->wait();
}

void IoThreads::stop() {
  impl_->guards.clear();
  {
    // A peer that never answers must not hold the shutdown.
    std::unique_lock lock{impl_->mutex};
    if (!impl_->ended.wait_for(lock, dry_time, [this] { return impl_->running == 0; }))
      for (auto& context : contexts_)
        context->stop();
  }
  for (auto& thread : impl_->threads)
    if (thread.joinable())
      thread.join();
  impl_->threads.clear();
}

void IoThreads::destroy() { contexts_.clear(); }

std::size_t IoThreads::here() noexcept { return here_index; }

IoContext& IoThreads::any() noexcept {
  if (here_index < contexts_.size())
    return *contexts_[here_index];
  return *contexts_[impl_->next.fetch_add(1, std::memory_order_relaxed) % contexts_.size()];
}

}  // namespace jobraker
