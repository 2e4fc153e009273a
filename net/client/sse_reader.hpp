#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "messages/result.hpp"

namespace jobraker::net {

/// One server-sent event; the views live until the sink returns.
struct SseEvent {
  std::string_view name;  ///< `message` when the server gave none
  std::string_view data;  ///< lines joined by LF; always UTF-8 (U+FFFD stands for what was not)
};

/// Reads a stream of server-sent events (HTML Living Standard §9.2) from pieces cut anywhere. Pure.
/// `id` and `retry` are for browsers that reconnect and are not kept. An event that the end of the
/// stream cuts off is never delivered.
class SseReader {
public:
  using Sink = std::function<Done(const SseEvent& event)>;

  /// `event_max`: bytes of one event, counted before its end is known.
  explicit SseReader(std::size_t event_max = 1 << 20) : event_max_(event_max) {}

  /// Gives `sink` each event that the bytes complete. Errc::too_large for an event above the limit,
  /// else what the sink failed with; after an error every further piece fails alike.
  Done feed(std::string_view bytes, const Sink& sink);

private:
  Done line(std::string_view text, const Sink& sink);
  Done dispatch(const Sink& sink);
  Done bounded(std::size_t more);

  std::size_t event_max_;
  std::string partial_;  // of a line whose end has not come
  std::string name_;
  std::string data_;  // each line with its LF
  bool first_line_ = true;
  bool after_cr_ = false;
  Done state_{};
};

}  // namespace jobraker::net
