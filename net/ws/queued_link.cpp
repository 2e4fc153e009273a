#include "net/ws/queued_link.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include <boost/asio/post.hpp>

#include "messages/json.hpp"
#include "net/ws/frames.hpp"

namespace jobraker::net {

void QueuedLink::send(Frame frame, std::string_view, std::string_view) { push(std::move(frame)); }

void QueuedLink::push(Frame frame) {
  if (!frame)
    return;
  const std::lock_guard lock{mutex_};
  if (detached_ || ending_)
    return;
  const auto before = queued_.load(std::memory_order_relaxed);
  // One frame alone always fits: else a client would fail at the same place for ever.
  if (before > 0 && before + frame->size() > queue_max_) {
    end({close_code::slow_reader, "the peer reads too slowly", true});
    return;
  }
  queued_.store(before + frame->size(), std::memory_order_relaxed);
  above_ = above_ || before + frame->size() > high_water_;
  queue_.push_back(std::move(frame));
  wake_owner();
}

void QueuedLink::close(std::uint16_t code, std::string_view reason) {
  const std::lock_guard lock{mutex_};
  if (!detached_ && !ending_)
    end({code, std::string{reason}, false});
}

void QueuedLink::end(Ending ending) {
  if (ending.drop)
    queue_.clear();
  ending_ = std::make_unique<const Ending>(std::move(ending));
  wake_owner();
}

void QueuedLink::wake_owner() {
  if (posted_ || !attached_)
    return;
  posted_ = true;
  asio::post(executor_, [self = shared_from_this()] { self->woken(); });
}

void QueuedLink::woken() {
  {
    const std::lock_guard lock{mutex_};
    posted_ = false;
  }
  if (owner_ != nullptr)
    owner_->link_changed();
}

void QueuedLink::attach(Owner& owner) {
  owner_ = &owner;
  const std::lock_guard lock{mutex_};
  attached_ = true;
}

void QueuedLink::detach() noexcept {
  owner_ = nullptr;
  std::vector<Frame> unsent;  // freed without the lock
  const std::lock_guard lock{mutex_};
  attached_ = false;
  detached_ = true;
  unsent.swap(queue_);
  queued_.store(0, std::memory_order_relaxed);
}

bool QueuedLink::take(std::vector<Frame>& frames) {
  const std::lock_guard lock{mutex_};
  frames.swap(queue_);
  return !frames.empty();
}

bool QueuedLink::sent(std::size_t bytes) {
  const std::lock_guard lock{mutex_};
  const auto before = queued_.load(std::memory_order_relaxed);
  const auto left = before - std::min(bytes, before);
  queued_.store(left, std::memory_order_relaxed);
  return left == 0 && std::exchange(above_, false);
}

std::optional<Ending> QueuedLink::ending() const {
  const std::lock_guard lock{mutex_};
  return ending_ ? std::optional<Ending>{*ending_} : std::nullopt;
}

Frame goodbye_frame(std::chrono::milliseconds spread) {
  thread_local std::minstd_rand generator{std::random_device{}()};
  const auto below = std::max<std::int64_t>(spread.count(), 1);
  std::uniform_int_distribution<std::int64_t> wait{0, below - 1};
  json::Writer out;
  out.begin_object().member("type", "goodbye").member("retry_in_ms", wait(generator)).end_object();
  return std::make_shared<const std::string>(out.text());
}

}  // namespace jobraker::net
