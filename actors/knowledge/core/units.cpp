#include "actors/knowledge/core/units.hpp"

#include <algorithm>

#include "actors/llm/core/tokens.hpp"

namespace jobraker::knowledge {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool goes_on(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

/// 1 to 6 for an ATX heading, else 0.
int heading_level(std::string_view line) {
  auto indent = line.find_first_not_of(' ');
  if (indent == std::string_view::npos || indent > 3)
    return 0;
  line.remove_prefix(indent);
  auto marks = line.find_first_not_of('#');
  if (marks == std::string_view::npos)
    marks = line.size();
  bool ends = marks == line.size() || is_space(line[marks]);
  return marks >= 1 && marks <= 6 && ends ? static_cast<int>(marks) : 0;
}

bool is_fence(std::string_view line) {
  line = trimmed(line);
  return line.starts_with("```") || line.starts_with("~~~");
}

/// Whether a line stands for itself: of a list, a table, a quotation.
bool stands_alone(std::string_view line) {
  line = trimmed(line);
  if (line.empty())
    return false;
  if (line.front() == '|' || line.front() == '>')
    return true;
  if (line.size() > 1 && (line[0] == '-' || line[0] == '*' || line[0] == '+') && line[1] == ' ')
    return true;
  auto digits =
    static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_digit) - line.begin());
  return digits > 0 && digits < 10 && digits + 1 < line.size() &&
         (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ';
}

/// The length of a mark that ends a sentence at this place; 0: none. The wide ones are CJK's.
std::size_t sentence_end(std::string_view text, std::size_t at) {
  char c = text[at];
  if (c == '.' || c == '!' || c == '?')
    return 1;
  for (std::string_view mark : {"…", "。", "！", "？"})
    if (text.substr(at).starts_with(mark))
      return mark.size();
  return 0;
}

/// Collects units; each takes the space behind it along.
class Collector {
public:
  Collector(std::string_view text, std::int64_t most) : text_(text), most_(most) {}

  /// Ends the present unit here.
  void cut(std::size_t end, int level = 0) {
    while (end < text_.size() && is_space(text_[end]))
      ++end;
    if (end <= begin_)
      return;
    // Only what is too long is cut inside; a heading stays one when its first piece is.
    for (auto from = begin_; from < end;) {
      auto to = piece_end(from, end);
      units_.push_back({from, to, from == begin_ ? level : 0});
      from = to;
    }
    begin_ = end;
  }

  std::vector<Unit> take() { return std::move(units_); }

private:
  bool fits(std::size_t from, std::size_t to) const {
    return llm::estimate_tokens(text_.substr(from, to - from)) <= most_;
  }

  /// Where a piece that begins at `from` must end: at a space when there is one.
  std::size_t piece_end(std::size_t from, std::size_t end) const {
    if (fits(from, end))
      return end;
    // Four ASCII characters a token are the most there can be.
    auto high = std::min(end, from + static_cast<std::size_t>(most_) * 4 + 4);
    auto low = from;
    while (low + 1 < high) {
      auto middle = low + (high - low) / 2;
      (fits(from, middle) ? low : high) = middle;
    }
    auto cut = low;
    while (cut > from && !is_space(text_[cut - 1]))
      --cut;
    if (cut > from)
      return cut;
    cut = low;
    while (cut > from && goes_on(text_[cut]))
      --cut;
    if (cut > from)
      return cut;
    cut = from + 1;  // a single character that is too much stays whole
    while (cut < end && goes_on(text_[cut]))
      ++cut;
    return cut;
  }

  std::string_view text_;
  std::int64_t most_;
  std::size_t begin_ = 0;
  std::vector<Unit> units_;
};

/// Cuts behind each sentence of a line.
void cut_sentences(Collector& collector, std::string_view text, std::size_t begin,
                   std::size_t end) {
  for (auto at = begin; at < end;) {
    auto length = sentence_end(text, at);
    if (length == 0) {
      ++at;
      continue;
    }
    bool wide = length == 3 && static_cast<unsigned char>(text[at]) != 0xE2;
    at += length;
    while (at < end && (text[at] == '"' || text[at] == '\'' || text[at] == ')' || text[at] == ']'))
      ++at;
    if (wide || (at < end && is_space(text[at])))
      collector.cut(std::min(at, end));
  }
}

}  // namespace

std::string heading_words(std::string_view line) {
  line = trimmed(line);
  while (!line.empty() && line.front() == '#')
    line.remove_prefix(1);
  auto closing = line.find_last_not_of('#');
  if (closing != std::string_view::npos && closing + 1 < line.size() && is_space(line[closing]))
    line = line.substr(0, closing);
  return std::string{trimmed(line)};
}

std::vector<Unit> units_of(std::string_view text, std::int64_t most) {
  Collector collector{text, most};
  bool code = false;
  for (std::size_t at = 0; at < text.size();) {
    auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    bool fence = is_fence(line);
    auto level = code || fence ? 0 : heading_level(line);
    bool blank = trimmed(line).empty();
    if (level > 0 || fence || blank || (!code && stands_alone(line)))
      collector.cut(at);
    if (level > 0)
      collector.cut(end, level);
    else if (code || fence)
      collector.cut(end);
    else
      cut_sentences(collector, text, at, end);
    code = code != fence;
    at = end + 1;
  }
  collector.cut(text.size());
  return collector.take();
}

}  // namespace jobraker::knowledge
