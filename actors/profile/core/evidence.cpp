#include "actors/profile/core/evidence.hpp"

#include <algorithm>

#include "actors/profile/core/unicode.hpp"

namespace jobraker {
namespace {

/// What a code point is compared as: 0 for nothing at all, a space for white space and bullets.
std::int32_t folded(std::int32_t c) {
  if (c < 0x80)
    return c < 0 ? 0 : is_space(c) || c == '*' ? ' ' : lower_case(c);
  if (c == 0x2018 || c == 0x2019 || c == 0x201A || c == 0x2032 || c == 0xB4)
    return '\'';
  if (c == 0x201C || c == 0x201D || c == 0x201E || c == 0xAB || c == 0xBB || c == 0x2033)
    return '"';
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
    return '-';
  if (c == 0x2039)
    return '<';
  if (c == 0x203A)
    return '>';
  if (c == 0x2022 || c == 0xB7 || is_space(c))
    return ' ';
  if (c == 0xAD || (c >= 0x200B && c <= 0x200F) || c == 0xFEFF)
    return 0;
  return lower_case(c);
}

void fold_into(std::string_view text, std::string& out, std::vector<std::uint32_t>* origin) {
  bool space = false;
  std::size_t space_at = 0;
  for (std::size_t i = 0; i < text.size();) {
    auto [raw, length] = code_point(text, i);
    auto c = folded(raw);
    if (c == ' ') {
      if (!space)
        space_at = i;
      space = true;
    } else if (c != 0) {
      if (space && !out.empty()) {
        out.push_back(' ');
        if (origin)
          origin->push_back(static_cast<std::uint32_t>(space_at));
      }
      space = false;
      append_code_point(out, c);
      if (origin)
        origin->resize(out.size(), static_cast<std::uint32_t>(i));
    }
    i += length;
  }
}

bool word_byte(char raw) {
  auto c = static_cast<unsigned char>(raw);
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

bool whole_words(std::string_view text, std::size_t at, std::size_t length) {
  bool left = at == 0 || !word_byte(text[at - 1]) || !word_byte(text[at]);
  auto end = at + length;
  bool right = end == text.size() || !word_byte(text[end]) || !word_byte(text[end - 1]);
  return left && right;
}

/// The next word of folded text at or after `at`, or an empty one at its end.
std::pair<std::size_t, std::size_t> next_word(std::string_view text, std::size_t at) {
  while (at < text.size() && !word_byte(text[at]))
    ++at;
  auto begin = at;
  while (at < text.size() && word_byte(text[at]))
    ++at;
  while (at > begin && at < text.size() && (text[at] == '+' || text[at] == '#'))
    ++at;
  return {begin, at};
}

}  // namespace

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  fold_into(text, out, nullptr);
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  auto plain = fold(text);
  std::vector<std::string> words;
  for (std::size_t at = 0;;) {
    auto [begin, end] = next_word(plain, at);
    if (begin == end)
      return words;
    words.push_back(plain.substr(begin, end - begin));
    at = end;
  }
}

bool supported_by(std::string_view value, std::string_view evidence) {
  auto wanted = words_of(value);
  auto there = words_of(evidence);
  if (wanted.empty())
    return false;
  auto stem = [](std::string word) {
    if (word.size() > 3 && word.back() == 's')
      word.pop_back();
    return word;
  };
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
    return std::any_of(there.begin(), there.end(), [&](const std::string& other) {
      return other == word || stem(other) == stem(word);
    });
  });
}

EvidenceIndex::EvidenceIndex(std::string_view text) : text_(text) {
  folded_.reserve(text.size());
  origin_.reserve(text.size());
  fold_into(text, folded_, &origin_);
}

std::optional<Span> EvidenceIndex::find(std::string_view quote) const {
  auto wanted = fold(quote);
  auto span = [&](std::size_t at, std::size_t end) {
    auto last = origin_[end - 1];
    return Span{origin_[at], last + code_point(text_, last).length};
  };
  auto words = words_of(quote);
  if (words.empty())
    return std::nullopt;
  for (auto at = folded_.find(wanted); at != std::string::npos; at = folded_.find(wanted, at + 1))
    if (whole_words(folded_, at, wanted.size()))
      return span(at, at + wanted.size());
  // Word for word: models leave out or change the signs between words, never the words.
  for (auto at = folded_.find(words[0]); at != std::string::npos;
       at = folded_.find(words[0], at + 1)) {
    if (at > 0 && word_byte(folded_[at - 1]))
      continue;
    auto end = at;
    std::size_t matched = 0;
    while (matched < words.size()) {
      auto [begin, stop] = next_word(folded_, end);
      if (folded_.compare(begin, stop - begin, words[matched]) != 0)
        break;
      end = stop;
      ++matched;
    }
    if (matched == words.size())
      return span(at, end);
  }
  return std::nullopt;
}

}  // namespace jobraker
