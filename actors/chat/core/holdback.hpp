#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

/// The window in which outgoing text waits for moderation: pure.
namespace jobraker::chat {

/// Sizes in bytes.
struct HoldBackOptions {
  bool moderate = true;        ///< false: text passes at once, there are no spans
  std::size_t first_min = 48;  ///< least fresh text of the first span: the first words come soon
  std::size_t span_min = 200;  ///< least fresh text of the others, but for the last
  std::size_t span_max = 400;  ///< most fresh text of a span
  std::size_t overlap = 80;    ///< of the text before, moderated again with each span
};

/// A piece of text to moderate: `overlap` bytes of what went before (less at the beginning), then
/// the fresh text.
struct ModerationSpan {
  std::int64_t number = 0;  ///< from 1; verdicts come in this order
  std::string text{};
  std::size_t begin = 0;  ///< of `text` in the whole answer, bytes
  std::size_t fresh = 0;  ///< where the fresh part begins in the whole answer
  std::size_t end = 0;
};

/// Text goes in as it comes, spans come out to be moderated, cleared text comes out to be shown.
/// Spans end at the end of a sentence or a word; how they are cut depends on the text alone and not
/// on how it came. Since a span repeats the end of the one before, that end is shown only when both
/// are cleared: a flagged span was never seen, not even its beginning. Held back are at most
/// `span_max + overlap` bytes and what the verdicts that are out still concern. A flagged span ends
/// it: nothing of it or after it is ever released.
class HoldBack {
public:
  explicit HoldBack(HoldBackOptions options = {});

  /// More text.
  void add(std::string_view delta);
  /// The text is complete: what is left is a span of its own.
  void flush();

  /// The next span to moderate, each once; call until there is none. Several may be out at a time.
  std::optional<ModerationSpan> wants();
  /// The verdict for the oldest span that is out; without one nothing happens. Where moderation
  /// fails the caller's policy says which verdict that is.
  void verdict(bool flagged);

  /// Text that may be shown and was not yet given, whole characters only.
  std::string release();

  /// Something was flagged: no more text comes out.
  bool flagged() const noexcept { return flagged_; }
  /// Nothing is left to moderate or to release, and none will come.
  bool finished() const noexcept;
  /// How many bytes wait inside.
  std::size_t held() const noexcept { return base_ + text_.size() - released_; }
  /// Spans that wait for their verdict.
  std::size_t outstanding() const noexcept { return out_.size(); }

private:
  struct Out {
    std::size_t begin, end;
  };
  std::optional<std::size_t> next_cut() const;
  std::size_t safe_end() const;
  void forget();

  HoldBackOptions options_;
  std::string text_;         ///< from `base_` on
  std::size_t base_ = 0;     ///< positions are those of the whole text
  std::size_t cut_ = 0;      ///< up to here spans have been given out
  std::size_t cleared_ = 0;  ///< up to here verdicts were good
  std::size_t released_ = 0;
  std::deque<Out> out_;
  std::int64_t spans_ = 0;
  bool complete_ = false;
  bool flagged_ = false;
};

}  // namespace jobraker::chat
