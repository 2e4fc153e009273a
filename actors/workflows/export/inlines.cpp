#include "actors/workflows/export/inlines.hpp"

#include <algorithm>
#include <optional>

namespace jobraker::documents {
namespace {

/// How deep brackets and emphasis may nest; deeper ones are text.
constexpr int depth_max = 8;
/// How far, in bytes, a bracket or an emphasis may reach; what is longer is text. It bounds the
/// work on a text full of openings that nothing closes.
constexpr std::size_t reach_max = 1000;

struct Look {
  bool bold = false, italic = false;
  std::string link{};
};

bool is_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}
bool is_word(char c) {
  auto low = static_cast<char>(c | 0x20);
  return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }

/// An address that a click may follow.
bool is_safe_link(std::string_view url) {
  if (url.find_first_of(" \t\n\r<>\"\\") != std::string_view::npos)
    return false;
  for (char c : url)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      return false;
  for (std::string_view scheme : {"https://", "http://", "mailto:"})
    if (url.size() > scheme.size() && url.substr(0, scheme.size()) == scheme)
      return true;
  return false;
}

class Reader {
public:
  std::vector<Run> runs;

  void read(std::string_view text, const Look& look, int depth) {
    for (std::size_t i = 0; i < text.size();) {
      if (text[i] == '\\' && i + 1 < text.size()) {
        i += escape(text.substr(i), look);
        continue;
      }
      if (depth < depth_max)
        if (auto used = special(text, i, look, depth); used > 0) {
          i += used;
          continue;
        }
      put(text.substr(i, 1), look);
      ++i;
    }
  }

private:
  void put(std::string_view text, const Look& look) {
    if (runs.empty() || runs.back().bold != look.bold || runs.back().italic != look.italic ||
        runs.back().link != look.link)
      runs.push_back({"", look.bold, look.italic, look.link});
    runs.back().text.append(text);
  }

  std::size_t escape(std::string_view text, const Look& look) {
    bool shown = !is_punctuation(text[1]) && text[1] != '\n';
    put(shown ? "\\" : text.substr(1, 1), look);
    return shown ? 1 : 2;
  }

  /// Code, a link or an emphasis that begins here; its length, or 0.
  std::size_t special(std::string_view text, std::size_t i, const Look& look, int depth) {
    switch (text[i]) {
    case '`':
      return code(text.substr(i), look);
    case '<':
      return autolink(text.substr(i), look);
    case '!':
      // A picture is its description.
      return i + 1 < text.size() && text[i + 1] == '[' ? bracket(text, i + 1, look, depth, true)
                                                       : 0;
    case '[':
      return bracket(text, i, look, depth, false);
    case '*':
    case '_':
      return emphasis(text, i, look, depth);
    default:
      return 0;
    }
  }

  std::size_t code(std::string_view text, const Look& look) {
    auto ticks = std::min(text.find_first_not_of('`'), text.size());
    auto fence = text.substr(0, ticks);
    auto end = text.substr(0, ticks + reach_max).find(fence, ticks);
    if (end == std::string_view::npos)
      return 0;
    put(text.substr(ticks, end - ticks), look);
    return end + ticks;
  }

  std::size_t autolink(std::string_view text, Look look) {
    auto end = text.substr(0, reach_max).find('>');
    if (end == std::string_view::npos || !is_safe_link(text.substr(1, end - 1)))
      return 0;
    look.link = text.substr(1, end - 1);
    put(look.link, look);
    return end + 1;
  }

  std::size_t bracket(std::string_view text, std::size_t i, const Look& look, int depth,
                      bool picture) {
    auto close = closing(text, i, '[', ']');
    if (!close || *close + 1 >= text.size() || text[*close + 1] != '(')
      return 0;
    auto end = closing(text, *close + 1, '(', ')');
    if (!end)
      return 0;
    auto url = text.substr(*close + 2, *end - *close - 2);
    if (!picture && !is_safe_link(url))
      return 0;
    auto inner = look;
    if (!picture)
      inner.link = url;
    read(text.substr(i + 1, *close - i - 1), inner, depth + 1);
    return *end + 1 - i + (picture ? 1 : 0);
  }

  static std::optional<std::size_t> closing(std::string_view text, std::size_t i, char open,
                                            char close) {
    int depth = 0;
    for (auto stop = std::min(text.size(), i + reach_max); i < stop; ++i) {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == open)
        ++depth;
      else if (text[i] == close && --depth == 0)
        return i;
    }
    return std::nullopt;
  }

  std::size_t emphasis(std::string_view text, std::size_t i, const Look& look, int depth) {
    auto sign = text[i];
    std::size_t length = i + 1 < text.size() && text[i + 1] == sign ? 2 : 1;
    auto from = i + length;
    if (from >= text.size() || is_blank(text[from]) ||
        (sign == '_' && i > 0 && is_word(text[i - 1])))
      return 0;
    for (auto at = from; at < std::min(text.size(), from + reach_max); ++at) {
      if (text[at] == '\\') {
        ++at;
        continue;
      }
      if (text[at] != sign || is_blank(text[at - 1]))
        continue;
      auto run = std::min(text.find_first_not_of(sign, at), text.size()) - at;
      bool word_follows = at + run < text.size() && is_word(text[at + run]);
      if (run < length || (length == 1 && run == 2) || (sign == '_' && word_follows)) {
        at += run - 1;
        continue;
      }
      auto inner = look;
      (length == 2 ? inner.bold : inner.italic) = true;
      auto end = at + run - length;  // inner emphasis closes first
      read(text.substr(from, end - from), inner, depth + 1);
      return end + length - i;
    }
    return 0;
  }
};

}  // namespace

std::vector<Run> parse_inlines(std::string_view text) {
  Reader reader;
  reader.read(text, {}, 0);
  return std::move(reader.runs);
}

}  // namespace jobraker::documents
