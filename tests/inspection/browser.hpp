#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "messages/json.hpp"
#include "messages/session.hpp"

namespace jobraker::inspection {

/// Waits until `good()`; what actors publish comes a moment later.
template <class F>
bool eventually(F good) {
  for (int i = 0; i < 2000; ++i) {
    if (good())
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return false;
}

/// The other end of a console.
struct Browser : ClientLink {
  void send(std::shared_ptr<const std::string> frame, std::string_view, std::string_view) override {
    std::lock_guard guard{mutex};
    frames.push_back(*frame);
  }
  std::size_t queued() const noexcept override { return unread; }
  void close(std::uint16_t code, std::string_view) override { closed = code; }

  /// The newest frame of that type, once there is one that `good` likes.
  template <class F>
  std::optional<json::Document> find(std::string_view type, F good) {
    std::optional<json::Document> found;
    eventually([&] {
      std::lock_guard guard{mutex};
      for (const auto& frame : frames) {
        auto document = json::Document::parse(frame);
        if (document && document->root()["type"].string() == type && good(document->root())) {
          found = std::move(*document);
          return true;
        }
      }
      return false;
    });
    return found;
  }
  std::size_t count() {
    std::lock_guard guard{mutex};
    return frames.size();
  }

  std::mutex mutex;
  std::vector<std::string> frames;
  std::atomic<std::size_t> unread{0};
  std::atomic<std::uint16_t> closed{0};
};

}  // namespace jobraker::inspection
