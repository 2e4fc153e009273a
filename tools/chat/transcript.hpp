#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/chat.hpp"
#include "messages/json.hpp"
#include "messages/result.hpp"

/// What a client knows of a conversation, made from the frames it gets: pure, and the reference for
/// whoever writes another client.
namespace jobraker::chat_client {

/// One frame from the server.
class Frame {
public:
  /// Errc::malformed or Errc::invalid when this is no frame.
  static Result<Frame> parse(std::string_view text);

  const std::string& type() const noexcept { return type_; }
  const std::optional<ConversationId>& conversation() const noexcept { return conversation_; }
  /// Numbered frames only: it covers (seq - span, seq] of its epoch.
  const std::optional<StreamPosition>& position() const noexcept { return position_; }
  std::int64_t span() const noexcept { return span_; }
  json::View operator[](std::string_view member) const noexcept { return document_.root()[member]; }
  /// The member as text; empty when there is none.
  std::string text(std::string_view member) const { return (*this)[member].string_or(""); }

private:
  explicit Frame(json::Document document) : document_(std::move(document)) {}

  json::Document document_;
  std::string type_{};
  std::optional<ConversationId> conversation_{};
  std::optional<StreamPosition> position_{};
  std::int64_t span_ = 1;
};

/// How far an answer has come, as far as the client knows.
enum class AnswerState : std::uint8_t { waiting, writing, done, cancelled, failed, interrupted };

/// A function call of the model and what came of it.
struct ToolView {
  std::string call_id{};
  std::string name{};
  std::string arguments{};   ///< JSON
  std::optional<bool> ok{};  ///< nothing while it runs
  std::string result{};      ///< JSON
  bool operator==(const ToolView&) const = default;
};

/// What the server wants a yes or no to.
struct Question {
  std::string id{};
  std::string name{};
  std::string arguments{};  ///< JSON
  std::string text{};
  bool operator==(const Question&) const = default;
};

/// One question of the person and its answer.
struct TurnView {
  TurnId id{};
  std::string client_msg_id{};
  std::string asked{};
  AnswerState state = AnswerState::waiting;
  std::string text{};  ///< of the answer: what has come of it, or the whole of it when it is done
  std::size_t since = 0;  ///< where in `text` a restart goes back to
  std::vector<ToolView> tools{};
  std::vector<Source> sources{};
  std::optional<Question> question{};  ///< open ones only
  std::string problem{};               ///< why it failed, was cancelled or interrupted
};

/// One conversation. Frames are applied in order; what lies behind is left out, and what would
/// leave a gap is refused.
class Transcript {
public:
  enum class Applied : std::uint8_t {
    yes,
    behind,      ///< known already
    gap,         ///< something is missing before it: resume from `position()`
    unexpected,  ///< it came on the way before `resumed`, or is no numbered frame
  };

  Applied apply(const Frame& frame);

  /// The client asks to resume on a connection that may still carry older frames: until `resumed`
  /// says that the server has heard it, frames are ignored.
  void resuming() noexcept { resuming_ = true; }
  /// The server goes on from there. When that is not where we stand, everything is forgotten.
  void resumed(StreamPosition position);

  /// The last frame applied; nothing before the first.
  const std::optional<StreamPosition>& position() const noexcept { return position_; }
  /// In the order in which they were accepted.
  const std::vector<TurnView>& turns() const noexcept { return turns_; }
  const TurnView* find(const TurnId& id) const;
  /// The one that `frame` is about, if any.
  const TurnView* turn_of(const Frame& frame) const;

private:
  TurnView& turn(const TurnId& id);
  void new_epoch();
  void change(TurnView& turn, const Frame& frame);

  std::optional<StreamPosition> position_{};
  std::vector<TurnView> turns_{};
  bool resuming_ = false;
};

}  // namespace jobraker::chat_client
