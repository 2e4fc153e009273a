#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "messages/model.hpp"
#include "messages/result.hpp"
#include "net/client/model_failure.hpp"
#include "net/client/sse_reader.hpp"

namespace jobraker::net {

/// A model's answer while it arrives, whichever provider streams it: bytes of the response's body
/// go in, text comes out. Made by `openai::reply_stream()` and `anthropic::reply_stream()`. Pure.
class ReplyStream {
public:
  virtual ~ReplyStream() = default;
  ReplyStream(const ReplyStream&) = delete;
  ReplyStream& operator=(const ReplyStream&) = delete;

  /// The text that these bytes add (often none: roles, tool calls, thinking, pings). Bytes may be
  /// cut anywhere. Fails when the provider breaks off with an error, or with what is no stream of
  /// its protocol; failure() then says what to do, and text of earlier events in the same piece is
  /// in reply() only.
  Result<std::string> feed(std::string_view bytes);

  /// Whether the answer ended properly. False at the end of the body: it was cut, and broken() says
  /// what to do about that.
  bool complete() const noexcept { return complete_ && !failure_; }

  /// The provider has said its last word: nothing that follows is read.
  bool closed() const noexcept { return closed_; }

  /// Why feed() failed.
  const std::optional<ModelFailure>& failure() const noexcept { return failure_; }

  /// failure(), or that the stream was cut when the body ended without complete().
  ModelFailure broken() const;

  /// The whole answer when complete(), else what has come so far; its tool calls may then be cut.
  /// `usage` of a cut answer is the provider's last word, if any: an output of 0 is not counted
  /// yet, a higher one may be too low.
  ModelReply reply() const;

protected:
  ReplyStream() = default;

  /// Reads one event; text goes to `added` and to `so_far_.text`.
  virtual Done take(const SseEvent& event, std::string& added) = 0;
  /// Puts what only the end decides into a copy of `so_far_`.
  virtual void finish(ModelReply& reply) const = 0;

  /// Ends the stream by `failure`.
  Done give_up(ModelFailure failure);

  ModelReply so_far_;
  bool complete_ = false;
  bool closed_ = false;

private:
  SseReader reader_;
  std::optional<ModelFailure> failure_;
};

}  // namespace jobraker::net
