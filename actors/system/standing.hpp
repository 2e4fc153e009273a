#pragma once

#include <mutex>
#include <optional>
#include <string_view>

#include "actors/system/summary.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// How somebody else's service stands, as the last call that proves anything has found it. From any
/// thread.
class Standing {
public:
  /// A call has ended. Only success and the upstream's own failures prove anything.
  template <class T>
  void saw(const Result<T>& result) {
    if (result)
      return saw(true);
    const auto code = result.error().code;
    if (code == Errc::upstream_failed || code == Errc::upstream_timed_out)
      saw(false);
  }
  void saw(bool up) {
    std::lock_guard guard{mutex_};
    if (up_ == up)
      return;
    up_ = up;
    since_ = now();
  }

  /// `state`: `up`, `down`, or `unused` when nothing is known; and `since` when it is so.
  void tell(Summary& summary) const {
    std::lock_guard guard{mutex_};
    summary.with("state", std::string_view{!up_ ? "unused" : *up_ ? "up" : "down"});
    summary.with("since", since_);
  }

private:
  mutable std::mutex mutex_;
  std::optional<bool> up_{};
  std::optional<Time> since_{};
};

}  // namespace jobraker
