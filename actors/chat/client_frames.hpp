#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/turn_commands.hpp"

/// What a client may say over its connection. `type` names the frame.
namespace jobraker::chat {

/// A conversation and where the client stands in it.
struct StreamState {
  static constexpr auto type_name = "StreamState";
  ConversationId conversation_id{};
  std::int64_t epoch = 0;
  std::int64_t seq = 0;
  static constexpr auto fields() {
    return std::tuple{field("conversation_id", &StreamState::conversation_id),
                      optional_field("epoch", &StreamState::epoch, {.min = 0}),
                      optional_field("seq", &StreamState::seq, {.min = 0})};
  }
};

/// `hello`: answered by `welcome`; the streams named are resumed.
struct HelloFrame {
  static constexpr auto type_name = "HelloFrame";
  std::string type{};
  std::optional<std::string> client{};
  std::vector<StreamState> streams{};
  static constexpr auto fields() {
    return std::tuple{field("type", &HelloFrame::type),
                      field("client", &HelloFrame::client, {.max_length = 200}),
                      optional_field("streams", &HelloFrame::streams, {.max_items = 64})};
  }
};

/// `send`: a question; without a conversation a new one begins.
struct SendFrameIn {
  static constexpr auto type_name = "SendFrame";
  std::string type{};
  std::optional<ConversationId> conversation_id{};
  std::string client_msg_id{};
  std::string content{};
  std::vector<Attachment> attachments{};
  static constexpr auto fields() {
    return std::tuple{
      field("type", &SendFrameIn::type), field("conversation_id", &SendFrameIn::conversation_id),
      field("client_msg_id", &SendFrameIn::client_msg_id, {.max_length = 100, .min_length = 1}),
      optional_field("content", &SendFrameIn::content, {.max_length = 32000}),
      optional_field("attachments", &SendFrameIn::attachments, {.max_items = 4})};
  }
};

/// `resume` and `ack`: the conversation and the last pair seen.
struct ResumeFrame {
  static constexpr auto type_name = "ResumeFrame";
  std::string type{};
  ConversationId conversation_id{};
  std::int64_t epoch = 0;
  std::int64_t seq = 0;
  static constexpr auto fields() {
    return std::tuple{field("type", &ResumeFrame::type),
                      field("conversation_id", &ResumeFrame::conversation_id),
                      optional_field("epoch", &ResumeFrame::epoch, {.min = 0}),
                      optional_field("seq", &ResumeFrame::seq, {.min = 0})};
  }
};

/// `cancel`, `rerun` and `leave`: a conversation, and the turn when one is meant.
struct TurnFrame {
  static constexpr auto type_name = "TurnFrame";
  std::string type{};
  ConversationId conversation_id{};
  std::optional<TurnId> turn_id{};
  static constexpr auto fields() {
    return std::tuple{field("type", &TurnFrame::type),
                      field("conversation_id", &TurnFrame::conversation_id),
                      field("turn_id", &TurnFrame::turn_id)};
  }
};

/// `confirm`: yes or no to a function.
struct ConfirmFrame {
  static constexpr auto type_name = "ConfirmFrame";
  std::string type{};
  ConversationId conversation_id{};
  std::string confirmation_id{};
  bool accept = false;
  static constexpr auto fields() {
    return std::tuple{field("type", &ConfirmFrame::type),
                      field("conversation_id", &ConfirmFrame::conversation_id),
                      field("confirmation_id", &ConfirmFrame::confirmation_id, {.max_length = 100}),
                      field("accept", &ConfirmFrame::accept)};
  }
};

}  // namespace jobraker::chat
