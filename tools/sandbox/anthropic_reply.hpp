#pragma once

#include <string>

#include "tools/sandbox/openai_answer.hpp"
#include "tools/sandbox/stream.hpp"
#include "tools/sandbox/usage.hpp"

namespace jobraker::sandbox {

/// What all parts of one message share.
struct MessageFrame {
  std::string id;  ///< msg_…
  std::string model;
  Usage usage;
};

/// The whole message as one JSON object.
std::string whole_message(const MessageFrame& frame, const ChatChoice& choice);

/// The message as the documented events: message_start, ping, blocks with their deltas,
/// message_delta with the cumulative usage, message_stop.
StreamScript streamed_message(const MessageFrame& frame, const ChatChoice& choice);

/// An `error` event.
std::string error_event(std::string_view json);

}  // namespace jobraker::sandbox
