#pragma once

#include <deque>
#include <functional>
#include <map>
#include <unordered_map>

#include "actors/chat/chat_services.hpp"
#include "actors/chat/core/recent.hpp"
#include "actors/chat/turn_parts.hpp"
#include "actors/chat/turn_run.hpp"
#include "actors/system/for_cause.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"
#include "storage/chat_lookup.hpp"
#include "storage/chat_turns.hpp"

/// The inside of the conversation actor: its state, and its parts in files of their own. Nobody
/// else includes this.
namespace jobraker::chat {

inline constexpr std::size_t waiting_max = 64;  // requests while loading
inline constexpr std::size_t writes_max = 64;   // commits in a row

/// A frame that a commit stores.
struct NewFrame {
  std::string type{};
  std::string members{};
  bool ends_turn = false;
};

/// One commit, waiting for its turn. `commit` is repeated while nobody knows whether it happened;
/// it answers whether the frames were stored (a resend of a known message stores none).
struct Commit {
  std::vector<NewFrame> frames{};
  TurnId turn{};  ///< whose frames they are; a restart voids what came after the last of them
  std::function<void()> prepare{};  ///< when its turn has come: what depends on those before it
  std::function<task<Result<bool>>(storage::ChatWriter, std::vector<StoredFrame>)> commit{};
  std::function<void(Done)> then{};  ///< after the frames have gone out
  Cause cause = current_cause();     ///< for whom it is made
};

/// A question that waits, or runs.
struct Question {
  TurnId turn{};
  std::string client_msg_id{};
  std::int64_t attempt = 1;
  bool running = false;  ///< its row says so already
  ChatMessage message{};
  std::vector<ModelImage> images{};
  Trace trace{};
  Principal principal{};
};

/// The turn that runs.
struct Running {
  Question question{};
  net::CancelToken cancel{};
  std::string text{};          ///< shown so far
  std::size_t round_from = 0;  ///< of `text`: what a restart leaves
};

/// Somebody is asked for a yes.
struct Confirmation {
  TurnId turn{};
  caf::typed_response_promise<PersonSaid> promise{};
  Context::Clock::time_point until{};
};

struct ConversationState {
  static inline const char* name = "conversation";
  Services* services = nullptr;
  ConversationId id{};
  enum class Phase : std::uint8_t { loading, ready, failed } phase = Phase::loading;
  Error load_error{};
  storage::ConversationRecord record{};
  storage::ChatWriter writer{};
  std::optional<FrameLog> log{};
  RecentMessages recent{};
  std::deque<std::function<void()>> waiting{};  // until loaded

  std::deque<Commit> commits{};
  bool committing = false;
  std::string held{};  // text of the running turn that waits for a commit to end
  std::optional<std::string> held_restart{};  // the reason of one that waits, before `held`

  std::deque<Question> questions{};
  std::optional<Running> running{};
  bool deleting = false;
  bool summarising = false;

  std::unordered_map<SessionId, SessionActor> sessions{};
  std::map<TurnId, std::vector<caf::typed_response_promise<TurnOutcome>>> waiters{};
  std::deque<TurnOutcome> ended{};  // the last few
  std::map<std::string, Confirmation> confirmations{};
  std::chrono::steady_clock::time_point touched{};

  UserId owner() const noexcept { return record.conversation.user_id; }

  /// About what is in memory: frames, the messages that models get again, the answer under way.
  std::size_t bytes() const noexcept {
    return (log ? log->bytes() : 0) + recent.bytes() + record.summary.size() + held.size() +
           (running ? running->text.size() : 0);
  }

  std::string summary() const {
    static constexpr std::string_view phases[] = {"loading", "ready", "failed"};
    return Summary{}
      .word("phase", phase, phases)
      .with("answering", running.has_value())
      .with("shown_bytes", running ? running->text.size() : 0)
      .with("questions", questions.size())
      .with("commits", commits.size())
      .with("committing", committing)
      .with("sessions", sessions.size())
      .with("waiting", waiting.size() + waiters.size())
      .with("confirmations", confirmations.size())
      .with("summarising", summarising)
      .with("deleting", deleting)
      .ago("touched_s", touched)
      .text();
  }

  ~ConversationState() {
    if (running)
      running->cancel.cancel();
  }
};

using Self = Shell<ConversationState, ConversationInside>;

/// Queues a commit; commits happen one after the other, and frames go out in their order.
void enqueue(Self* self, Commit commit);

/// Text of the running turn goes out now, or after the commit that is under way.
void show_text(Self* self, const TurnId& turn, const std::string& text);
void show_restart(Self* self, const TurnId& turn, const std::string& reason);

/// Accepts a question, or finds that it was accepted before.
caf::result<TurnAccepted> accept(Self* self, const Context& c, const SendMessage& m);
caf::result<TurnAccepted> rerun(Self* self, const Context& c, const RerunTurn& m);
caf::result<Ok> cancel(Self* self, const Context& c, const CancelTurn& m);
caf::result<Ok> confirm(Self* self, const Context& c, const ConfirmTool& m);
caf::result<PersonSaid> ask_person(Self* self, const Context& c, const AskPerson& m);
caf::result<TurnOutcome> await_turn(Self* self, const Context& c, const AwaitTurn& m);

/// Begins the next question when none runs.
void begin_next(Self* self);
/// Ends a turn that was left by a process that is no more.
void end_interrupted(Self* self, const TurnId& turn, std::string_view why);
/// After an answer is stored: a title for the first one, the passage index, a summary of what has
/// grown old.
void tidy_up(Self* self, const ChatMessage& question, const ChatMessage& answer);

/// Takes back confirmations whose time is over.
void expire_confirmations(Self* self);

/// Runs `handle` now, or when the rows have been loaded; refuses strangers.
template <class T, class Handle>
caf::result<T> when_loaded(Self* self, const Context& c, Handle handle) {
  auto& state = self->state;
  state.touched = std::chrono::steady_clock::now();
  auto promise = self->template make_response_promise<T>();
  auto run = [self, promise, principal = c.principal, handle = std::move(handle)]() mutable {
    auto& now = self->state;
    if (now.phase == ConversationState::Phase::failed)
      return refuse(promise, now.load_error);
    if (now.deleting || (principal.user != now.record.conversation.user_id))
      return refuse(promise, Error{Errc::not_found, "no such conversation", {}, {}});
    handle(promise);
  };
  if (state.phase == ConversationState::Phase::loading) {
    if (state.waiting.size() >= waiting_max)
      refuse(
        promise,
        Error{Errc::unavailable, "too many requests are waiting", {}, std::chrono::seconds{1}});
    else
      state.waiting.push_back(for_cause(std::move(run)));
  } else {
    run();
  }
  return promise;
}

}  // namespace jobraker::chat
