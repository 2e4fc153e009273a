#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/chat.hpp"
#include "messages/events.hpp"
#include "storage/conversations.hpp"
#include "storage/session.hpp"

/// What a living conversation commits. Each function is one statement, hence one round trip and one
/// transaction.
///
/// **Fencing.** An actor loads its conversation and gets a `ChatWriter`, which it shows with every
/// commit. The first commit takes the conversation over, provided that nobody has written since it
/// was loaded; from then on every other writer, older or loaded from the same state, gets
/// Errc::conflict for everything. Who gets it has lost: load again, with a new log of frames. (A
/// turn that is not in the right state, or a message that is not at the next position, is
/// Errc::conflict, too: then what the actor believed is wrong, and loading again is right as well.)
///
/// **Repeating.** After `unavailable` or `timed_out` nobody knows whether a commit has happened.
/// The same call with the same frames may be repeated: it finds its own rows and answers as the
/// first time would have. A writer has one commit on its way at a time.
///
/// Errc::not_found means that the conversation has been deleted (or the turn is not one of its).
namespace jobraker::storage {

/// Who writes; comes from `load_conversation`.
struct ChatWriter {
  ConversationId conversation{};
  StreamPosition loaded{};  ///< where the stream ended; the writer's epoch is `loaded.epoch + 1`
  Uuid id{};                ///< made up at loading
  Uuid previous{};          ///< who had written last; none for a new conversation
};

/// One row of `chat_turns`.
struct TurnRecord {
  TurnId id{};
  ConversationId conversation_id{};
  std::string client_msg_id{};  ///< empty when the client had none
  TurnState state = TurnState::queued;
  std::optional<std::string> error{};  ///< JSON, when failed (jsonb's spelling of it)
  std::int64_t attempt = 1;
  StreamPosition accepted{};  ///< of its `accepted` frame
  Time created_at{};
  std::optional<Time> started_at{};  ///< of the last attempt
  std::optional<Time> ended_at{};
};

/// A turn and what was asked.
struct TurnWithQuestion {
  TurnRecord turn{};
  ChatMessage question{};
};

/// What an actor starts from.
struct LoadedConversation {
  ConversationRecord record{};
  std::vector<TurnWithQuestion> unfinished{};  ///< queued and running ones, in order of acceptance
  ChatWriter writer{};
};

/// The conversation, or Errc::not_found.
task<Result<LoadedConversation>> load_conversation(Session& session, ConversationId id);

/// Conversations that were left with queued or running turns, the longest waiting first: what a
/// start has to take up.
task<Result<std::vector<ConversationId>>> conversations_with_unfinished_turns(Session& session);

/// What `begin_turn` answers.
struct BegunTurn {
  TurnRecord turn{};
  ChatMessage question{};
  bool known = false;  ///< this client message was accepted before; nothing was written
};

/// Stores a question: its message (role user, position `messages + 1`, a fresh turn id), its turn,
/// queued or, when it begins at once, running, and the `accepted` frame (the first of `frames`).
/// When the conversation has a turn of this `client_msg_id` already, answers that one as it is now,
/// `known`, and writes nothing. An empty `client_msg_id` is never known.
task<Result<BegunTurn>> begin_turn(Session& session, ChatWriter writer, std::string client_msg_id,
                                   ChatMessage question, std::vector<StoredFrame> frames,
                                   TurnState state = TurnState::queued);

/// Puts an interrupted, cancelled or failed turn back to queued, with one attempt more, and stores
/// the frames that say so. Its error is forgotten.
task<Result<TurnWithQuestion>> rerun_turn(Session& session, ChatWriter writer, TurnId turn,
                                          std::vector<StoredFrame> frames);

/// A queued turn is running from now on; one that runs already stays so. Frames are welcome, not
/// needed.
task<Done> start_turn(Session& session, ChatWriter writer, TurnId turn,
                      std::vector<StoredFrame> frames = {});

/// Stores frames within a turn (tool_call, tool_result, confirm, …).
task<Done> append_frames(Session& session, ChatWriter writer, std::vector<StoredFrame> frames);

/// How a turn ends.
struct TurnEnd {
  TurnId turn{};
  TurnState state = TurnState::done;       ///< done, failed, cancelled or interrupted
  std::optional<std::string> error{};      ///< JSON
  std::optional<ChatMessage> answer{};     ///< role assistant, position `messages + 1`
  std::vector<StoredFrame> frames{};       ///< message or error or interrupted, usage, …
  std::optional<std::string> new_state{};  ///< JSON, replaces the conversation's state
  std::optional<Event> told{};             ///< goes into the outbox with it
};

/// Ends a queued or running turn.
task<Done> end_turn(Session& session, ChatWriter writer, TurnEnd end);

/// Stores the summary of all messages up to this position. Errc::conflict when the stored one
/// reaches further.
task<Done> save_summary(Session& session, ChatWriter writer, std::string summary,
                        std::int64_t upto);

/// Replaces the conversation's state.
task<Done> save_state(Session& session, ChatWriter writer, std::string state_json);

/// Names a conversation that has no name yet, and answers the name it has then: what a person chose
/// stays. Needs no writer. Errc::not_found.
task<Result<std::string>> set_title(Session& session, ConversationId id, std::string title);

/// Stored frames in (after, until], in order, at most `limit`.
task<Result<std::vector<StoredFrame>>> list_frames(Session& session, ConversationId id,
                                                   StreamPosition after, StreamPosition until,
                                                   std::size_t limit);

/// The last `limit` messages with a greater position than `after`, in order: the verbatim part of
/// the history.
task<Result<std::vector<ChatMessage>>> recent_messages(Session& session, ConversationId id,
                                                       std::int64_t after, std::size_t limit);

}  // namespace jobraker::storage
