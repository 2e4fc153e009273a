#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/llm/core/moment.hpp"

namespace jobraker::llm {

/// What makes two calls the same call: who asks, for what, with which words.
struct CallIdentity {
  std::string_view tenant{};  ///< answers are never shared between tenants
  std::string_view operation{};
  std::string_view prompt_version{};
  std::string_view model{};
  std::string_view body{};  ///< the request as it would be sent
};

/// BLAKE2b, of 256 bits, over the identity's parts, each with its length before it (so that no two
/// identities run together), as 64 lower-case hexadecimal digits. It is over the whole request,
/// where SHA-256 takes three times as long.
std::string cache_key(const CallIdentity& identity);

/// The most recently used answers that fit into a number of bytes, each until its time is up.
/// `Value` is cheap to copy (a shared_ptr).
template <class Value>
class AnswerCache {
public:
  explicit AnswerCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// The value under `key`, which thereby becomes the most recently used; nullopt when there is
  /// none or its time is up.
  std::optional<Value> find(std::string_view key, Moment now) {
    auto found = index_.find(key);
    if (found == index_.end())
      return std::nullopt;
    if (found->second->until <= now) {
      drop(found->second);
      return std::nullopt;
    }
    order_.splice(order_.begin(), order_, found->second);
    return order_.front().value;
  }

  /// Keeps `value` under `key` until `now + keep`, in place of an earlier one. `bytes` is its size
  /// as the caller counts it; key and bookkeeping are added. What does not fit at all is not kept.
  void put(std::string key, Value value, std::size_t bytes, std::chrono::seconds keep, Moment now) {
    if (auto found = index_.find(key); found != index_.end())
      drop(found->second);
    if (keep <= std::chrono::seconds{0} || bytes > bytes_max_)
      return;
    auto size = bytes + 2 * key.size() + sizeof(Entry) + 64;
    if (size > bytes_max_)
      return;
    while (bytes_ + size > bytes_max_)
      drop(std::prev(order_.end()));
    order_.push_front(Entry{std::move(key), std::move(value), size, now + keep});
    index_.emplace(order_.front().key, order_.begin());
    bytes_ += size;
  }

  /// Forgets everything whose time is up.
  void expire(Moment now) {
    for (auto entry = order_.begin(); entry != order_.end();) {
      auto next = std::next(entry);
      if (entry->until <= now)
        drop(entry);
      entry = next;
    }
  }

  std::size_t size() const noexcept { return index_.size(); }
  /// Of everything kept; never more than the bound.
  std::size_t bytes() const noexcept { return bytes_; }

private:
  struct Entry {
    std::string key{};
    Value value{};
    std::size_t size = 0;
    Moment until{};
  };
  using Order = std::list<Entry>;

  void drop(typename Order::iterator entry) {
    bytes_ -= entry->size;
    index_.erase(entry->key);
    order_.erase(entry);
  }

  std::size_t bytes_max_ = 0;
  std::size_t bytes_ = 0;
  Order order_{};  ///< most recently used first
  std::map<std::string_view, typename Order::iterator, std::less<>> index_{};
};

}  // namespace jobraker::llm
