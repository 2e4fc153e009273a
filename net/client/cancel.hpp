#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

namespace jobraker::net {

/// A wish to stop, shared by the one who has it and the work it stops. Copies share their state.
/// Safe from any thread.
class CancelToken {
public:
  CancelToken() : state_(std::make_shared<State>()) {}

  /// Asks the work to stop, once; later calls do nothing.
  void cancel() const;
  bool cancelled() const noexcept { return state_->cancelled.load(std::memory_order_acquire); }

  /// Called with the cancellation, on the thread that cancels, or at once when that has happened.
  /// One watcher at a time; an empty function takes the last one away.
  void watch(std::function<void()> watcher) const;

private:
  struct State {
    std::atomic<bool> cancelled{false};
    std::mutex mutex;
    std::function<void()> watcher;
  };
  std::shared_ptr<State> state_;
};

}  // namespace jobraker::net
