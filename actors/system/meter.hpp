#pragma once

#include <string>
#include <string_view>

#include <caf/mailbox_element.hpp>

#include "actors/system/registry.hpp"
#include "messages/actor.hpp"

namespace jobraker {

/// What the base of every actor counts with. Two pointers an actor; with its cell and its path an
/// actor costs about 200 bytes. Costs and how they are measured: tests/bench/README.md.
class ActorMeter {
public:
  ActorMeter() = default;
  /// Gives the cell back.
  ~ActorMeter();
  ActorMeter(const ActorMeter&) = delete;
  ActorMeter& operator=(const ActorMeter&) = delete;

  /// Takes the place that `pending_birth` has for the next actor of this thread, if any.
  void enter(std::uint64_t actor_id, caf::actor_control_block* actor);

  /// Called by a sender, on any thread, right before the message is in the mailbox.
  void came() noexcept {
    if (!cell_)
      return;
    const auto now_us = static_cast<std::uint64_t>(steady_nanoseconds()) / 1000;
    const auto n = cell_->enqueued.fetch_add(1, std::memory_order_relaxed);
    cell_->stamps[n % stamps].store(static_cast<std::uint32_t>(now_us), std::memory_order_relaxed);
    cell_->enqueued_sum_us.fetch_add(now_us, std::memory_order_relaxed);
  }

  /// The scheduler gives the actor its turn: the first message is taken now. Each later one is
  /// taken when the one before is done with, so that a message costs one look at the clock.
  void turn() const noexcept {
    if (cell_)
      turn_ns() = steady_nanoseconds();
  }

  /// When the message in hand was taken.
  Context::Clock::time_point now() const noexcept {
    return cell_ ? Context::Clock::time_point{std::chrono::nanoseconds{turn_ns()}}
                 : Context::Clock::now();
  }

  void drop() noexcept {
    if (cell_)
      bump(cell_->dropped);
  }
  /// Publishes about how many bytes the state holds.
  void holds(std::uint64_t bytes) noexcept {
    if (!cell_)
      return;
    const auto packed = pack_bytes(bytes);
    if (cell_->bytes.load(std::memory_order_relaxed) != packed)
      cell_->bytes.store(packed, std::memory_order_relaxed);
  }
  /// Effects under way: one more, or one fewer.
  void awaits(int change) noexcept;
  bool has(std::uint8_t flag) const noexcept {
    return cell_ && (cell_->flags.load(std::memory_order_relaxed) & flag) != 0;
  }
  void set(std::uint8_t flag, bool on) noexcept;
  /// Logs the next `messages` messages.
  void watch(std::uint32_t messages);

  /// Nothing waits in the mailbox and no effect is under way.
  bool at_rest() const noexcept;
  /// The life has ended, for this reason.
  void ended(std::string reason, bool crashed);

  /// Where it stands in the tree; empty when it has no place or has ended.
  std::string path() const;

  /// For whom the message was that last failed on this thread: who logs that does it later.
  static Cause& failed_cause() noexcept;

  /// One message in the actor's hand: from its birth to its death it is the thread's cause.
  class Turn {
  public:
    Turn(ActorMeter& meter, caf::mailbox_element& element) noexcept;
    /// What was done before this goes on.
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    /// What happened is done for `cause`, not for a request of its own (the result of an effect).
    void belongs_to(const Cause& cause) noexcept;
    /// It was not taken after all.
    void put_back() noexcept { booked_ = false; }

  private:
    void end() noexcept;

    ActorMeter& meter_;
    Cause before_;
    Span span_;
    int exceptions_;
    bool booked_;
  };

private:
  static constexpr std::size_t stamps = std::tuple_size_v<decltype(ActorCell::stamps)>;
  static std::int64_t& turn_ns() noexcept {
    static thread_local constinit std::int64_t ns = 0;
    return ns;
  }
  static void bump(std::atomic<std::uint16_t>& counter) noexcept;
  std::uint64_t waited_us(std::uint64_t handled, std::uint64_t now_us) const noexcept;
  void done(const Span& span, std::int64_t now) noexcept;
  void log_watched(const Span& span) noexcept;

  ActorCell* cell_ = nullptr;
  ActorRegistry* registry_ = nullptr;
};

}  // namespace jobraker
