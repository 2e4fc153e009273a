#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/chat.hpp"
#include "messages/model.hpp"

/// What one may say to a living conversation.
namespace jobraker {

/// A picture as a client sends it.
struct Attachment {
  static constexpr auto type_name = "Attachment";
  std::string media_type{};
  std::string data{};  ///< base64
  static constexpr auto fields() {
    return std::tuple{field("media_type", &Attachment::media_type, {.max_length = 100}),
                      field("data", &Attachment::data, {.max_length = 16 << 20})};
  }
};

/// The body of `POST /conversations/{id}/messages`, and of the frame `send`.
struct SendMessage {
  static constexpr auto type_name = "SendMessage";
  std::string content{};
  std::vector<Attachment> attachments{};
  std::optional<std::string>
    client_msg_id{};  ///< the client's own id: a resend is recognised by it

  static constexpr auto fields() {
    return std::tuple{
      optional_field("content", &SendMessage::content, {.max_length = 32000}),
      optional_field("attachments", &SendMessage::attachments, {.max_items = 4}),
      field("client_msg_id", &SendMessage::client_msg_id, {.max_length = 100, .min_length = 1})};
  }
};

/// The message is stored; its answer follows on the stream.
struct TurnAccepted {
  static constexpr auto type_name = "TurnAccepted";
  ConversationId conversation_id{};
  TurnId turn_id{};
  MessageId message_id{};
  std::string client_msg_id{};
  TurnState state = TurnState::queued;
  std::int64_t epoch = 0;
  std::int64_t seq = 0;
  bool known = false;  ///< it had been accepted before
  static constexpr auto fields() {
    return std::tuple{field("conversation_id", &TurnAccepted::conversation_id),
                      field("turn_id", &TurnAccepted::turn_id),
                      field("message_id", &TurnAccepted::message_id),
                      field("client_msg_id", &TurnAccepted::client_msg_id),
                      field("state", &TurnAccepted::state),
                      field("epoch", &TurnAccepted::epoch),
                      field("seq", &TurnAccepted::seq),
                      field("known", &TurnAccepted::known)};
  }
};

/// Stops the running turn, or takes a queued one back. Without a turn: whatever runs.
struct CancelTurn {
  static constexpr auto type_name = "CancelTurn";
  std::optional<TurnId> turn_id{};
  static constexpr auto fields() { return std::tuple{field("turn_id", &CancelTurn::turn_id)}; }
};

/// Runs an interrupted or failed turn again; what its functions changed is not changed twice.
struct RerunTurn {
  static constexpr auto type_name = "RerunTurn";
  TurnId turn_id{};
  static constexpr auto fields() { return std::tuple{field("turn_id", &RerunTurn::turn_id)}; }
};

/// A person's yes or no to what a function would change.
struct ConfirmTool {
  static constexpr auto type_name = "ConfirmTool";
  std::string confirmation_id{};
  bool accept = false;
  static constexpr auto fields() {
    return std::tuple{field("confirmation_id", &ConfirmTool::confirmation_id, {.max_length = 100}),
                      field("accept", &ConfirmTool::accept)};
  }
};

/// Answered when the turn has ended.
struct AwaitTurn {
  static constexpr auto type_name = "AwaitTurn";
  TurnId turn_id{};
  static constexpr auto fields() { return std::tuple{field("turn_id", &AwaitTurn::turn_id)}; }
};

/// How a turn ended: the answer, or the error (as problem JSON) when there is none.
struct TurnOutcome {
  static constexpr auto type_name = "TurnOutcome";
  TurnId turn_id{};
  TurnState state = TurnState::done;
  std::optional<ChatMessage> message{};
  std::optional<std::string> error{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// Ends a conversation's life: its rows are gone when this is answered.
struct DeleteConversation {
  static constexpr auto type_name = "DeleteConversation";
  static constexpr auto fields() { return std::tuple{}; }
};

}  // namespace jobraker
