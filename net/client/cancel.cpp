#include "net/client/cancel.hpp"

#include <utility>

namespace jobraker::net {

void CancelToken::cancel() const {
  std::function<void()> watcher;
  {
    std::lock_guard lock{state_->mutex};
    if (state_->cancelled.exchange(true, std::memory_order_acq_rel))
      return;
    watcher = std::exchange(state_->watcher, {});
  }
  if (watcher)
    watcher();
}

void CancelToken::watch(std::function<void()> watcher) const {
  {
    std::lock_guard lock{state_->mutex};
    if (!cancelled()) {
      state_->watcher = std::move(watcher);
      return;
    }
  }
  if (watcher)
    watcher();
}

}  // namespace jobraker::net
