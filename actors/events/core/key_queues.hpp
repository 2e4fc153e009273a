#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace jobraker::events {

/// Work in order for each key, keys side by side: one item of a key at a time, of all keys at most
/// `at_once`, keys taking turns. Pure.
template <class Item>
class KeyQueues {
public:
  explicit KeyQueues(std::size_t at_once) : at_once_(at_once) {}

  void push(std::string key, Item item) {
    auto& queue = queues_[key];
    queue.push_back(std::move(item));
    ++waiting_;
    // The key's turn comes once; after that finish() passes it on.
    if (queue.size() == 1 && !busy_.contains(key))
      turns_.push_back(std::move(key));
  }

  /// The next item to work on, or nothing while all places are taken or nothing waits. Its key is
  /// busy until finish().
  std::optional<std::pair<std::string, Item>> next() {
    if (busy_.size() >= at_once_ || turns_.empty())
      return std::nullopt;
    auto key = std::move(turns_.front());
    turns_.pop_front();
    auto at = queues_.find(key);
    Item item = std::move(at->second.front());
    at->second.pop_front();
    --waiting_;
    if (at->second.empty())
      queues_.erase(at);
    busy_.insert(key);
    return std::pair{std::move(key), std::move(item)};
  }

  /// The item of this key that was worked on is done.
  void finish(const std::string& key) {
    busy_.erase(key);
    if (queues_.contains(key))
      turns_.push_back(key);
  }

  /// Forgets those waiting items of which `gone` says so; each key keeps the order of the others.
  template <class Gone>
  void erase_if(Gone gone) {
    for (auto& [key, queue] : queues_)
      waiting_ -= static_cast<std::size_t>(std::erase_if(queue, gone));
    std::erase_if(queues_, [](const auto& queue) { return queue.second.empty(); });
    std::erase_if(turns_, [&](const auto& key) { return !queues_.contains(key); });
  }

  std::size_t waiting() const noexcept { return waiting_; }
  std::size_t busy() const noexcept { return busy_.size(); }

private:
  std::size_t at_once_;
  std::size_t waiting_ = 0;
  std::unordered_map<std::string, std::deque<Item>> queues_{};
  std::unordered_set<std::string> busy_{};
  std::deque<std::string> turns_{};
};

}  // namespace jobraker::events
