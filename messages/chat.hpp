#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/profile.hpp"
#include "messages/time.hpp"

/// Conversations: what is stored of them and what is said on the wire.
namespace jobraker {

/// What a conversation is for.
enum class ConversationKind : std::uint8_t { chat, mock_interview };
template <>
inline constexpr std::string_view enum_names<ConversationKind>[] = {"chat", "mock_interview"};

/// How far one question and its answer have come.
enum class TurnState : std::uint8_t { queued, running, done, failed, cancelled, interrupted };
template <>
inline constexpr std::string_view enum_names<TurnState>[] = {"queued", "running",   "done",
                                                             "failed", "cancelled", "interrupted"};

enum class MessageRole : std::uint8_t { user, assistant };
template <>
inline constexpr std::string_view enum_names<MessageRole>[] = {"user", "assistant"};

/// Where a client stands in a conversation's stream of frames. Positions are ordered first by
/// epoch, then by seq. A new epoch begins when the conversation's actor writes for the first time
/// after a start; seq grows by one with every frame and starts again at 1 in each epoch.
struct StreamPosition {
  static constexpr auto type_name = "StreamPosition";
  std::int64_t epoch = 0;
  std::int64_t seq = 0;
  auto operator<=>(const StreamPosition&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("epoch", &StreamPosition::epoch, {.min = 0}),
                      field("seq", &StreamPosition::seq, {.min = 0})};
  }
};

/// `12-340`, and back.
std::string to_string(const StreamPosition& position);
std::optional<StreamPosition> parse_position(std::string_view text);

/// Something an answer rests on; `id` is how the prompt called it.
struct Source {
  static constexpr auto type_name = "Source";
  std::string id{};    ///< `S1`, `S2`, … within one answer
  std::string kind{};  ///< job, article, company, turn
  std::string ref{};   ///< the id of the posting, article, company or message
  std::string title{};
  std::optional<std::string> url{};
  static constexpr auto fields() {
    return std::tuple{field("id", &Source::id), field("kind", &Source::kind),
                      field("ref", &Source::ref), field("title", &Source::title),
                      field("url", &Source::url)};
  }
};

/// A picture a person sent: its bytes go to the model once and are never kept.
struct AttachmentNote {
  static constexpr auto type_name = "AttachmentNote";
  std::string media_type{};
  std::int64_t bytes = 0;
  std::string sha256{};  ///< lower-case hex
  static constexpr auto fields() {
    return std::tuple{field("media_type", &AttachmentNote::media_type),
                      field("bytes", &AttachmentNote::bytes),
                      field("sha256", &AttachmentNote::sha256)};
  }
};

/// A function call and what came of it, as kept with the answer.
struct ToolRecord {
  static constexpr auto type_name = "ToolRecord";
  std::string call_id{};
  std::string name{};
  std::string arguments{};  ///< JSON
  bool ok = true;
  std::string result{};       ///< JSON
  std::string text_before{};  ///< what the model had said in this round before it called
  std::int64_t round = 0;
  static constexpr auto fields() {
    constexpr FieldRules big{.max_length = 1 << 20};
    return std::tuple{field("call_id", &ToolRecord::call_id),
                      field("name", &ToolRecord::name),
                      field("arguments", &ToolRecord::arguments, big),
                      field("ok", &ToolRecord::ok),
                      field("result", &ToolRecord::result, big),
                      field("text_before", &ToolRecord::text_before, big),
                      field("round", &ToolRecord::round)};
  }
};

/// One message of the transcript; a row of `chat_messages`.
struct ChatMessage {
  static constexpr auto type_name = "ChatMessage";
  MessageId id{};
  ConversationId conversation_id{};
  TurnId turn_id{};
  MessageRole role = MessageRole::user;
  std::int64_t position = 0;  ///< within the conversation, from 1
  std::string content{};
  std::vector<AttachmentNote> attachments{};
  std::vector<ToolRecord> tools{};
  std::vector<Source> sources{};
  TurnState state = TurnState::done;  ///< of an answer: done or cancelled
  Time created_at{};
  static constexpr auto fields() {
    return std::tuple{field("id", &ChatMessage::id),
                      field("conversation_id", &ChatMessage::conversation_id),
                      field("turn_id", &ChatMessage::turn_id),
                      field("role", &ChatMessage::role),
                      field("position", &ChatMessage::position),
                      field("content", &ChatMessage::content, {.max_length = 1 << 20}),
                      field("attachments", &ChatMessage::attachments),
                      field("tools", &ChatMessage::tools),
                      field("sources", &ChatMessage::sources),
                      field("state", &ChatMessage::state),
                      field("created_at", &ChatMessage::created_at)};
  }
};

/// A conversation as its owner sees it in lists.
struct Conversation {
  static constexpr auto type_name = "Conversation";
  ConversationId id{};
  UserId user_id{};
  ConversationKind kind = ConversationKind::chat;
  std::string title{};
  StreamPosition position{};  ///< of the last stored frame
  Time created_at{};
  Time updated_at{};
  std::optional<Time> archived_at{};
  static constexpr auto fields() {
    return std::tuple{field("id", &Conversation::id),
                      field("user_id", &Conversation::user_id),
                      field("kind", &Conversation::kind),
                      field("title", &Conversation::title),
                      field("position", &Conversation::position),
                      field("created_at", &Conversation::created_at),
                      field("updated_at", &Conversation::updated_at),
                      field("archived_at", &Conversation::archived_at)};
  }
};

/// A frame that is kept; a row of `chat_frames`. `body` is the members of its JSON object without
/// `conversation_id`, `epoch`, `seq` and `span`: `"type":"accepted","message_id":…`
struct StoredFrame {
  StreamPosition position{};
  std::string type{};
  std::string body{};
};

}  // namespace jobraker
