#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/session.hpp"
#include "messages/task.hpp"

namespace jobraker::net {

/// A frame as it is queued: shared with whoever else gets it.
using Frame = std::shared_ptr<const std::string>;

/// Why a connection of ours is to end.
struct Ending {
  std::uint16_t code = 0;
  std::string reason{};
  bool drop = false;  ///< without what is queued
};

/// The half of a live connection that any thread may use: a bounded queue in front of the half on
/// the io thread, which it wakes up once for all that is queued meanwhile. Holds nothing of
/// Asio's but a way to post, and not that after `detach`: an actor may keep it for as long as it
/// likes.
class QueuedLink : public ClientLink, public std::enable_shared_from_this<QueuedLink> {
public:
  /// The half on the io thread.
  class Owner {
  public:
    /// There is something to send, or an ending.
    virtual void link_changed() = 0;

  protected:
    ~Owner() = default;
  };

  QueuedLink(IoExecutor executor, std::size_t high_water, std::size_t queue_max) noexcept
      : executor_(executor), high_water_(high_water), queue_max_(queue_max) {}

  void send(Frame frame, std::string_view type, std::string_view id) override;
  std::size_t queued() const noexcept override { return queued_.load(std::memory_order_relaxed); }
  void close(std::uint16_t code, std::string_view reason) override;

  // What follows is for the owner, on the io thread.

  /// From here on the owner is told. Before, everything just waits in the queue.
  void attach(Owner& owner);
  /// Nothing is queued any more and nobody told.
  void detach() noexcept;
  /// Moves what is queued into `frames`, which is empty; false when there is nothing.
  bool take(std::vector<Frame>& frames);
  /// The kernel has so many bytes of what was taken; true when the queue, which had passed the
  /// high-water mark, is empty now.
  bool sent(std::size_t bytes);
  /// Set once the connection is to end.
  std::optional<Ending> ending() const;

protected:
  /// Queues what `send` was given, or made of it.
  void push(Frame frame);

private:
  void end(Ending ending);  ///< with the lock held
  void wake_owner();        ///< with the lock held
  void woken();

  mutable std::mutex mutex_;
  IoExecutor executor_;
  std::vector<Frame> queue_;
  Owner* owner_ = nullptr;  ///< read on the io thread only
  std::unique_ptr<const Ending> ending_;
  std::atomic<std::size_t> queued_{0};
  const std::size_t high_water_;
  const std::size_t queue_max_;
  bool attached_ = false;
  bool detached_ = false;
  bool posted_ = false;  ///< the owner will be woken up
  bool above_ = false;   ///< the high-water mark was passed and the queue not empty since
};

/// `{"type":"goodbye","retry_in_ms":N}`, N at random below `spread`, so that the clients of a
/// server that stops do not all come back in the same moment.
Frame goodbye_frame(std::chrono::milliseconds spread);

}  // namespace jobraker::net
