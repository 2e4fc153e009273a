#include "actors/chat/core/holdback.hpp"

#include <algorithm>

namespace jobraker::chat {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
bool space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// `at` or up to three bytes earlier: the beginning of a character. Bytes that are no UTF-8 are cut
/// anywhere.
std::size_t character(std::string_view text, std::size_t at) {
  for (std::size_t back = 0; back < 4 && back <= at; ++back)
    if (at - back == text.size() || !continues(text[at - back]))
      return at - back;
  return at;
}

/// Whether a sentence ends right before `at`, where there is a byte.
bool sentence_ends(std::string_view text, std::size_t at) {
  if (text[at - 1] == '\n')
    return true;
  if (at >= 3 && (text.substr(at - 3, 3) == "\xE3\x80\x82" ||  // 。
                  text.substr(at - 3, 3) == "\xEF\xBC\x81" ||  // ！
                  text.substr(at - 3, 3) == "\xEF\xBC\x9F"))   // ？
    return true;
  return space(text[at]) && (text[at - 1] == '.' || text[at - 1] == '!' || text[at - 1] == '?');
}

/// How many bytes at the end are the beginning of a character that is not whole yet.
std::size_t unfinished(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    auto c = static_cast<unsigned char>(text[text.size() - back]);
    if (continues(static_cast<char>(c)))
      continue;
    std::size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

}  // namespace

HoldBack::HoldBack(HoldBackOptions options) : options_(options) {
  options_.first_min = std::max<std::size_t>(1, options_.first_min);
  options_.span_min = std::max<std::size_t>(1, options_.span_min);
  // A span must be able to hold one character, whatever its least size.
  options_.span_max = std::max({options_.span_max, options_.first_min + 8, options_.span_min + 8});
}

void HoldBack::add(std::string_view delta) {
  if (!flagged_ && !complete_)
    text_ += delta;
}

void HoldBack::flush() { complete_ = true; }

/// Where the next span ends, when the text that is there decides it: the first end of a sentence
/// between its least and its most size, else the last end of a word, else as much as it may hold.
std::optional<std::size_t> HoldBack::next_cut() const {
  auto begin = cut_ - base_;
  auto least = begin + (cut_ == 0 ? options_.first_min : options_.span_min);
  auto most = begin + options_.span_max;
  std::size_t word = 0;
  for (auto at = least; at < std::min(most, text_.size()); ++at) {
    if (sentence_ends(text_, at))
      return base_ + at;
    if (space(text_[at]))
      word = at;
  }
  // One byte more than it may hold: only then nothing that comes can change the choice.
  if (text_.size() > most)
    return base_ + (word != 0 ? word : character(text_, most));
  if (complete_ && text_.size() > begin)
    return base_ + text_.size();
  return std::nullopt;
}

std::optional<ModerationSpan> HoldBack::wants() {
  if (flagged_ || !options_.moderate)
    return std::nullopt;
  auto end = next_cut();
  if (!end)
    return std::nullopt;
  auto fresh = cut_ - base_;
  auto begin = character(text_, fresh - std::min(fresh, options_.overlap));
  ModerationSpan span{++spans_, text_.substr(begin, *end - base_ - begin), base_ + begin, cut_,
                      *end};
  out_.push_back({span.begin, span.end});
  cut_ = *end;
  return span;
}

void HoldBack::verdict(bool flagged) {
  if (out_.empty() || flagged_)
    return;
  if (flagged) {
    flagged_ = true;
    // What a cleared span held may be shown up to where the flagged one begins.
    cleared_ = std::max(released_, std::min(cleared_, out_.front().begin));
    out_.clear();
    return;
  }
  cleared_ = out_.front().end;
  out_.pop_front();
}

/// Up to here text may be shown. The end of the last cleared span is part of the next one, so it
/// waits for that one, unless none will come.
std::size_t HoldBack::safe_end() const {
  if (!options_.moderate)
    return base_ + text_.size() - (complete_ ? 0 : unfinished(text_));
  if (flagged_ || (complete_ && cleared_ == base_ + text_.size()))
    return cleared_;
  auto cleared = cleared_ - base_;
  return base_ + character(text_, cleared - std::min(cleared, options_.overlap));
}

std::string HoldBack::release() {
  auto end = safe_end();
  if (end <= released_)
    return {};
  auto out = text_.substr(released_ - base_, end - released_);
  released_ = end;
  forget();
  return out;
}

/// Drops what no span will repeat.
void HoldBack::forget() {
  auto needed = std::min(released_, cut_ > options_.overlap + 4 ? cut_ - options_.overlap - 4 : 0);
  if (!options_.moderate)
    needed = released_;
  if (needed > base_ + 4096 || (!options_.moderate && needed > base_)) {
    text_.erase(0, needed - base_);
    base_ = needed;
  }
}

bool HoldBack::finished() const noexcept {
  return flagged_ ? safe_end() <= released_ : complete_ && released_ == base_ + text_.size();
}

}  // namespace jobraker::chat
