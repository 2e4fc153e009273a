#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "actors/llm/core/moment.hpp"
#include "config/llm_tables.hpp"

namespace jobraker::llm {

/// One line of what waits for a moment only, by priority and arrival. Something of a lower priority
/// is overtaken by what arrives within its handicap after it and by nothing later: nothing starves.
/// For longer waits and shares of tenants there is CallQueue.
template <class T>
class Line {
public:
  /// By how much later something of the highest priority may come and still be first; one a
  /// priority, ascending.
  using Handicap = std::array<std::chrono::milliseconds, 3>;

  explicit Line(Handicap handicap) : handicap_(handicap) {}

  /// Moments must not go back.
  void push(Priority priority, T value, Moment now) {
    auto lane = static_cast<std::size_t>(priority);
    lanes_[lane].emplace_back(now + handicap_[lane], std::move(value));
    ++size_;
  }

  /// Takes the first out; nullopt when nothing waits.
  std::optional<T> pop() {
    std::deque<Entry>* first = nullptr;
    for (auto& lane : lanes_)
      if (!lane.empty() && (first == nullptr || lane.front().first < first->front().first))
        first = &lane;
    if (first == nullptr)
      return std::nullopt;
    std::optional<T> value{std::move(first->front().second)};
    first->pop_front();
    --size_;
    return value;
  }

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

private:
  using Entry = std::pair<Moment, T>;

  Handicap handicap_;
  std::array<std::deque<Entry>, 3> lanes_{};
  std::size_t size_ = 0;
};

}  // namespace jobraker::llm
