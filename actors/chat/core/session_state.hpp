#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "actors/chat/core/frame_log.hpp"

/// What one connection has seen of its conversations, and what to do next: pure.
namespace jobraker::chat {

/// Tell the link.
struct SendFrame {
  WireFrame frame{};
};
/// Ask the conversation for what follows; answered with `replayed`, or with `lost` (at once or
/// later) when there is nobody who answers.
struct AskReplay {
  ConversationId conversation{};
  StreamPosition after{};
  std::uint64_t question = 0;  ///< tells it from every other question of this session
};
/// Tell the conversation that we listen no longer.
struct Unsubscribe {
  ConversationId conversation{};
};
using SessionEffect = std::variant<SendFrame, AskReplay, Unsubscribe>;
using SessionEffects = std::vector<SessionEffect>;

/// The reducer of a session. Per conversation it is *live* (frames pass as they come), *catching
/// up* (a replay was asked for: frames that come meanwhile are in it or follow it, so they are
/// dropped) or *lagging* (the link's queue was over the high-water mark: frames and replays are
/// dropped; when the link has drained it catches up). What is sent always tiles: never a gap, a
/// repetition or another order, whatever the interleaving. Frames that lie behind are ignored; a
/// frame that would leave a gap starts a replay, and so does every frame of a new epoch (only the
/// conversation knows whether the old one was whole).
///
/// What it rests on: the answer of an actor comes among the frames of the same actor in the order
/// in which they were made, and an actor sends no frames before it was asked. `high_water` is not
/// less than the mark of the link, which promises to tell when it has drained: else a session that
/// lags would wait for ever.
class SessionState {
public:
  explicit SessionState(std::size_t high_water = 128 << 10) : high_water_(high_water) {}

  /// The client wants `conversation` from `after` on (again: it starts over from there, so it must
  /// have been told with `resumed`, before which it ignores what was on its way).
  SessionEffects resume(ConversationId conversation, StreamPosition after);
  /// The client wants to follow from the conversation's present end, which is `now`, without
  /// replay. When it follows already nothing changes: what it has seen counts.
  SessionEffects follow(ConversationId conversation, StreamPosition now);
  /// The client does not want to hear more.
  SessionEffects leave(ConversationId conversation);

  /// The conversation's answer to `asked`. An answer to another question than the last one is
  /// ignored. `queued`: bytes in the link now. When the position is unknown to the conversation,
  /// the client is told `resumed` with 0-0 (it forgets what it has of the conversation) and gets
  /// everything.
  SessionEffects replayed(const AskReplay& asked, const Replay& replay, std::size_t queued);
  /// A frame as it happens.
  SessionEffects deliver(ConversationId conversation, const WireFrame& frame, std::size_t queued);
  /// The link's queue is empty again: everybody who lags catches up.
  SessionEffects drained();
  /// The conversation's actor has ended or was restarted, or did not answer: ask its successor.
  SessionEffects lost(ConversationId conversation);

  std::size_t conversations() const noexcept { return views_.size(); }
  /// Where the client stands; nothing when it does not follow.
  const StreamPosition* position(ConversationId conversation) const;

private:
  enum class Mode : std::uint8_t { live, catching_up, lagging };
  struct ViewState {
    StreamPosition position{};
    Mode mode = Mode::live;
    std::uint64_t question = 0;  ///< the last one
  };
  AskReplay ask(const ConversationId& conversation, ViewState& view);

  std::unordered_map<ConversationId, ViewState> views_;
  std::size_t high_water_;
  std::uint64_t questions_ = 0;
};

}  // namespace jobraker::chat
