#include "tools/analytics/trade.hpp"

#include <algorithm>

#include "embedded/embedded_trades.hpp"

namespace jobraker::analytics {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::vector<std::string> words_of(std::string_view title) {
  std::vector<std::string> words;
  bool inside = false;
  for (char raw : title) {
    char c = small(raw);
    if (is_letter(c)) {
      if (!inside)
        words.emplace_back();
      words.back().push_back(c);
    }
    inside = is_letter(c);
  }
  return words;
}

/// The pieces between `separator`, without blanks around them.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (bool more = true; more;) {
    auto end = text.find(separator);
    more = end != std::string_view::npos;
    auto piece = text.substr(0, end);
    text.remove_prefix(more ? end + 1 : text.size());
    auto from = piece.find_first_not_of(" \t\r");
    auto to = piece.find_last_not_of(" \t\r");
    pieces.push_back(from == piece.npos ? std::string_view{} : piece.substr(from, to - from + 1));
  }
  return pieces;
}

}  // namespace

bool Trades::Word::matches(std::string_view word) const {
  if (open_front && open_back)
    return word.find(text) != word.npos;
  return open_front ? word.ends_with(text) : open_back ? word.starts_with(text) : word == text;
}

Result<Trades::Phrase> Trades::parse_phrase(std::string_view text) {
  Phrase phrase;
  for (auto piece : split(text, ' ')) {
    if (piece.empty())
      continue;
    Word word;
    word.open_front = piece.starts_with('*');
    piece.remove_prefix(word.open_front ? 1 : 0);
    word.open_back = piece.ends_with('*');
    piece.remove_suffix(word.open_back ? 1 : 0);
    if (piece.empty() || !std::all_of(piece.begin(), piece.end(), is_letter))
      return fail(Errc::invalid, "\"" + std::string{text} + "\" is not made of small words");
    word.text = piece;
    phrase.push_back(std::move(word));
  }
  if (phrase.empty())
    return fail(Errc::invalid, "there is a comma too many");
  return phrase;
}

Result<Trades> Trades::parse(std::string_view text) {
  Trades trades;
  int number = 0;
  auto wrong = [&](const std::string& why) {
    return fail(Errc::invalid, "line " + std::to_string(number) + ": " + why);
  };
  for (auto line : split(text, '\n')) {
    ++number;
    if (line.empty() || line.front() == '#')
      continue;
    auto colon = line.find(':');
    Line read{std::string{line.substr(0, std::min(colon, line.size()))}, {}};
    if (colon == line.npos || read.trade.empty() ||
        !std::all_of(read.trade.begin(), read.trade.end(), is_letter))
      return wrong("it does not begin with a trade and a colon");
    for (auto piece : split(line.substr(colon + 1), ',')) {
      auto phrase = parse_phrase(piece);
      if (!phrase)
        return wrong(phrase.error().detail);
      read.phrases.push_back(std::move(*phrase));
    }
    trades.lines_.push_back(std::move(read));
  }
  if (trades.lines_.empty())
    return fail(Errc::invalid, "there is no trade");
  return trades;
}

Result<Trades> Trades::built_in() { return parse(embedded_trades().front().content); }

std::string_view Trades::of(std::string_view title) const {
  const auto words = words_of(title);
  for (const auto& line : lines_)
    for (const auto& phrase : line.phrases)
      if (std::search(words.begin(), words.end(), phrase.begin(), phrase.end(),
                      [](const std::string& word, const Word& pattern) {
                        return pattern.matches(word);
                      }) != words.end())
        return line.trade;
  return "other";
}

}  // namespace jobraker::analytics
