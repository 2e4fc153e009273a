#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/chat.hpp"

/// The numbered stream of one conversation: pure, no clock, no I/O.
namespace jobraker::chat {

/// One frame ready for the wire: a JSON object
/// `{<members>,"conversation_id":"…","epoch":E,"seq":S[,"span":N]}`. A frame covers the positions
/// (seq - span, seq]; span is 1 when absent. A client that stands at (E, s) applies a frame of the
/// same epoch when seq - span == s; a frame of a later epoch when seq - span == 0, and forgets the
/// tokens of unfinished answers. A client that stands nowhere applies the first frame as it comes.
struct WireFrame {
  StreamPosition position{};
  std::int64_t span = 1;
  std::string type{};
  std::shared_ptr<const std::string> json{};  ///< null: nothing to send (see `append_token`)
};

/// What a client gets that stood at some position.
struct Replay {
  enum class Kind : std::uint8_t {
    complete,   ///< `frames` reach the end of the log
    partial,    ///< a page, never an empty one; ask again from the last frame's position
    need_rows,  ///< older than memory: rows are needed from the position on, up to `rows_until`
    unknown,    ///< the position lies in the future: the client made it up or lost its database
  };
  Kind kind = Kind::complete;
  std::vector<WireFrame> frames{};
  StreamPosition rows_until{};  ///< need_rows: the last stored frame that memory does not hold
};

/// Keeps the frames of the present epoch in memory, bounded; older ones are rows.
///
/// Kinds of frames: *kept* ones are in `chat_frames` before they are appended here; *passing* ones
/// (token, restart) live in memory only. An epoch begins with a kept frame: only then nobody else
/// can number other frames the same.
///
/// Tokens of one turn that follow each other without any frame between are joined when a replay
/// needs several of them: one `token` frame with the joined text and its span. When memory is full
/// (`bytes_max`), first the passing frames of ended turns go, a whole turn at a time, the turn that
/// ended first before the others; then the oldest kept frames. The passing frames of turns that
/// have not ended stay (an answer is bounded elsewhere), and so does what follows them. A replay
/// over dropped passing frames widens the span of the frame that comes next. The end of their turn
/// is a `message`, `error` or `interrupted` frame, which carries or voids the whole text, so
/// nothing is lost; until then a client that was behind may lack the text before a `tool_call`.
class FrameLog {
public:
  /// `last` is the position of the last stored frame (0-0 for a new conversation). The first frame
  /// appended gets (last.epoch + 1, 1).
  FrameLog(ConversationId id, StreamPosition last, std::size_t bytes_max = 256 << 10);

  /// Where the log ends. Before the first append: `last`.
  StreamPosition end() const noexcept;

  /// The position that the next frame will have; `count` kept frames that are committed together
  /// have this one and the following. They must be appended with `append_kept` once they are
  /// committed. Nothing else may be appended between.
  StreamPosition next() const noexcept;

  /// Whether this epoch has begun, with a kept frame.
  bool begun() const noexcept { return epoch_ != 0; }

  /// Appends a committed frame at `next()`. `members` as StoredFrame::body. `ends` is the turn
  /// whose last frame this is, if it is any's: from now on its passing frames may be dropped. (That
  /// need not be the turn that runs: one that waits can be taken back.)
  WireFrame append_kept(std::string_view type, std::string_view members, const TurnId& ends = {});

  /// Appends a token frame; adjacent text is not joined here. Members on the wire:
  /// `"type":"token","turn_id":"…","text":"…"`. Before the epoch has begun nothing is appended and
  /// the frame has no JSON: a turn that runs first thing after a start has to keep a frame first,
  /// or its text is not shown before it is whole.
  WireFrame append_token(const TurnId& turn, std::string_view text);

  /// Appends another passing frame (restart): it voids the tokens of its turn since the last kept
  /// frame of that same turn (another turn's `accepted` may lie between). Before the epoch has
  /// begun as `append_token`.
  WireFrame append_passing(const TurnId& turn, std::string_view type, std::string_view members);

  /// What follows `after`, at most about `bytes_max` of JSON (at least one frame). For a position
  /// before the oldest frame in memory: need_rows. A position of an earlier epoch behind its last
  /// stored frame is good: the client has seen passing frames that nobody else remembers.
  Replay replay(StreamPosition after, std::size_t bytes_max = 256 << 10) const;

  /// Continues a replay with rows: `rows` are all stored frames after `after` up to `rows_until`
  /// (or a page of them, `whole` false). Their spans tile the epoch from `after` on; the first
  /// frame of a later epoch has span = its seq. Appends what memory holds when `whole`. The log may
  /// have moved on since `replay`: what the rows do not reach any more is asked for by the next
  /// page (partial), or by need_rows again when there is none.
  Replay replay_rows(StreamPosition after, const std::vector<StoredFrame>& rows, bool whole,
                     std::size_t bytes_max = 256 << 10) const;

  /// What memory holds, about.
  std::size_t bytes() const noexcept { return bytes_; }

private:
  /// A kept frame, another passing one, or a run of tokens of one turn.
  struct Entry {
    std::int64_t first = 0;  ///< covers seq first…last; what lies before its own frames is void
    std::int64_t last = 0;
    TurnId turn{};  ///< of passing frames
    bool kept = false;
    std::string type{};                         ///< empty for a run of tokens
    std::shared_ptr<const std::string> json{};  ///< `{<members>,…`, with span 1
    std::size_t members = 0;                    ///< size of the members in `json`
    std::string text{};                         ///< of a run: the tokens' raw text
    std::vector<std::uint32_t> ends{};          ///< of a run: where each token ends in `text`
    std::size_t bytes() const noexcept;
    bool run() const noexcept { return type.empty(); }
  };
  WireFrame render(std::string_view type, std::string_view members, StreamPosition position,
                   std::int64_t span) const;
  WireFrame render_token(const TurnId& turn, std::string_view text, std::int64_t seq,
                         std::int64_t span) const;
  bool append_run(Replay& out, const Entry& run, std::int64_t at, std::size_t& left) const;
  void append_memory(Replay& out, StreamPosition at, std::size_t left) const;
  std::optional<StreamPosition> missing(StreamPosition after) const;
  std::int64_t oldest() const noexcept;
  void remember(Entry entry);
  void drop_ended_turn();
  void trim();

  std::string tail_;       ///< `,"conversation_id":"…","epoch":`
  StreamPosition stored_;  ///< the last position that rows hold from before this log
  std::deque<Entry> entries_;
  std::vector<TurnId> open_;  ///< turns that have passing frames here and have not ended
  /// Turns that have passing frames here and have ended, in that order, and where.
  std::deque<std::pair<TurnId, std::int64_t>> ended_;
  TurnId token_turn_{};
  std::string token_turn_text_;
  std::int64_t epoch_ = 0;
  std::int64_t seq_ = 0;
  std::size_t bytes_ = 0;
  std::size_t bytes_max_ = 0;
};

}  // namespace jobraker::chat
