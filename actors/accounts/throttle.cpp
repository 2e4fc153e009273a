#include "actors/accounts/throttle.hpp"

#include <algorithm>

namespace jobraker {

LoginThrottle::LoginThrottle(std::uint32_t failures_max, std::chrono::seconds window,
                             std::size_t keys_max)
    : failures_max_(failures_max), window_(window), keys_max_(keys_max) {}

std::chrono::milliseconds LoginThrottle::wait(const std::string& key, Clock::time_point now) const {
  auto it = entries_.find(key);
  if (it == entries_.end() || it->second.failures < failures_max_ ||
      now >= it->second.began + window_)
    return std::chrono::milliseconds{0};
  return std::chrono::ceil<std::chrono::milliseconds>(it->second.began + window_ - now);
}

void LoginThrottle::attempt(const std::string& key, Clock::time_point now) {
  if (entries_.size() >= keys_max_ && !entries_.contains(key))
    make_room(now);
  auto& entry = entries_[key];
  if (entry.failures == 0 || now >= entry.began + window_)
    entry = Entry{0, now};
  ++entry.failures;
}

void LoginThrottle::give_back(const std::string& key) {
  auto it = entries_.find(key);
  if (it != entries_.end() && --it->second.failures == 0)
    entries_.erase(it);
}

void LoginThrottle::succeeded(const std::string& key) { entries_.erase(key); }

void LoginThrottle::make_room(Clock::time_point now) {
  std::erase_if(entries_, [&](const auto& item) { return now >= item.second.began + window_; });
  if (entries_.size() < keys_max_)
    return;
  auto oldest =
    std::min_element(entries_.begin(), entries_.end(),
                     [](const auto& a, const auto& b) { return a.second.began < b.second.began; });
  entries_.erase(oldest);
}

}  // namespace jobraker
