#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace jobraker {

/// Counts attempts to log in that failed, per key (account or address) in a window. Pure: time
/// comes in. Bounded: when the table is full, the entries that have ended go first, then the
/// oldest.
class LoginThrottle {
public:
  using Clock = std::chrono::steady_clock;

  LoginThrottle(std::uint32_t failures_max, std::chrono::seconds window,
                std::size_t keys_max = 100'000);

  /// How long this key must wait; zero when it may try.
  std::chrono::milliseconds wait(const std::string& key, Clock::time_point now) const;

  /// Books an attempt before it is made, so that many at the same time do not slip through.
  void attempt(const std::string& key, Clock::time_point now);
  /// Takes one attempt back: it was good, or was not decided.
  void give_back(const std::string& key);
  /// Forgets the key's failures.
  void succeeded(const std::string& key);

  std::size_t size() const noexcept { return entries_.size(); }

private:
  struct Entry {
    std::uint32_t failures = 0;
    Clock::time_point began{};
  };
  void make_room(Clock::time_point now);

  std::uint32_t failures_max_;
  std::chrono::seconds window_;
  std::size_t keys_max_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace jobraker
