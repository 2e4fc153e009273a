#pragma once

#include <optional>
#include <string>

#include "messages/chat_commands.hpp"
#include "storage/session.hpp"

/// Conversations and their transcripts, as their owners see them. What a living conversation
/// commits is in chat_turns.hpp.
///
/// Functions with an `owner` find only what is that person's; without one (an admin, the
/// conversation's own actor) anybody's. What is not there and what is not theirs are both
/// Errc::not_found.
namespace jobraker::storage {

/// One row of `conversations`.
struct ConversationRecord {
  Conversation conversation{};
  std::string state = "{}";       ///< JSON, what a mock interview remembers
  std::string summary{};          ///< of the messages up to `summary_upto`
  std::int64_t summary_upto = 0;  ///< position of the last summarised message; 0: none
  std::int64_t messages = 0;      ///< how many there are: the position of the last one
};

/// A new, empty conversation under this id, at position 0-0. Repeated for the same owner and kind
/// it answers the one that is there; Errc::conflict when the id is somebody else's, Errc::invalid
/// for a person that does not exist or a state that is no JSON object.
task<Result<ConversationRecord>> create_conversation(Session& session, ConversationId id,
                                                     UserId owner, ConversationKind kind,
                                                     std::string title,
                                                     std::string state_json = "{}");

/// The conversation, or Errc::not_found.
task<Result<ConversationRecord>> find_conversation(Session& session, ConversationId id,
                                                   std::optional<UserId> owner);

/// A page of a person's conversations, the last used first, at most 100. One that is used while
/// somebody pages moves to the front. Errc::invalid for a cursor that is none.
task<Result<ConversationPage>> list_conversations(Session& session, UserId owner,
                                                  ListConversations query);

/// Renames, archives or brings back.
task<Result<ConversationRecord>> update_conversation(Session& session, ConversationId id,
                                                     std::optional<UserId> owner,
                                                     UpdateConversation change);

/// Deletes the conversation and all that hangs on it: turns, messages, frames, reports.
task<Done> delete_conversation(Session& session, ConversationId id, std::optional<UserId> owner);

/// A page of the transcript, at most 200 messages. Errc::invalid for a cursor that is none.
task<Result<MessagePage>> list_messages(Session& session, ConversationId id,
                                        std::optional<UserId> owner, ListMessages query);

/// The message, or Errc::not_found.
task<Result<ChatMessage>> find_message(Session& session, MessageId id, std::optional<UserId> owner);

}  // namespace jobraker::storage
