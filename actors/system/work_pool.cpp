#include "actors/system/work_pool.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace jobraker {

struct WorkPool::Impl {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> waiting;
  std::vector<std::thread> threads;
  std::size_t waiting_max = 0;
  bool closing = false;

  void serve() {
    for (;;) {
      std::function<void()> job;
      {
        std::unique_lock lock{mutex};
        wake.wait(lock, [this] { return closing || !waiting.empty(); });
        if (waiting.empty())
          return;
        job = std::move(waiting.front());
        waiting.pop_front();
      }
      job();
    }
  }
};

WorkPool::WorkPool(std::size_t threads, std::size_t waiting_max) : impl_(std::make_unique<Impl>()) {
  impl_->waiting_max = waiting_max;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, threads); ++i)
    impl_->threads.emplace_back([this] { impl_->serve(); });
}

WorkPool::~WorkPool() {
  {
    std::lock_guard guard{impl_->mutex};
    impl_->closing = true;
  }
  impl_->wake.notify_all();
  for (auto& thread : impl_->threads)
    thread.join();
}

bool WorkPool::post(std::function<void()> job) {
  {
    std::lock_guard guard{impl_->mutex};
    if (impl_->closing || impl_->waiting.size() >= impl_->waiting_max)
      return false;
    impl_->waiting.push_back(std::move(job));
  }
  impl_->wake.notify_one();
  return true;
}

}  // namespace jobraker
