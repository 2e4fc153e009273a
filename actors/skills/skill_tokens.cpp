#include "actors/skills/skill_tokens.hpp"

#include <array>

namespace jobraker::skills {
namespace {

constexpr bool is_alnum(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Per byte: 1 word, 2 lead byte that needs a closer look, 0 neither.
constexpr auto byte_kinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  for (unsigned c = 0; c < 256; ++c)
    kinds[c] = is_alnum(static_cast<unsigned char>(c)) || c >= 0x80 ? 1 : 0;
  // U+0080–00BF and U+2000–2FFF are signs and spaces, U+F000–FFFF private and special.
  kinds[0xC2] = kinds[0xE2] = kinds[0xEF] = kinds[0xE3] = 2;
  return kinds;
}();

bool starts_with(std::string_view text, std::size_t at, std::string_view prefix) {
  return text.substr(at, prefix.size()) == prefix;
}

/// The length in bytes of the sign at a lead byte of kind 2, or 0 when it is a letter after all.
std::size_t sign_length(std::string_view text, std::size_t at) {
  auto c = static_cast<unsigned char>(text[at]);
  if (c == 0xC2)
    return 2;
  if (c == 0xE3)
    return starts_with(text, at, "\xE3\x80") ? 3 : 0;
  return 3;
}

/// Signs that may stand inside a name: hard and typographic spaces, dashes, apostrophes, ® and ™.
bool joining_sign(std::string_view sign) {
  if (sign == "\xC2\xA0" || sign == "\xC2\xAE" || sign == "\xE2\x84\xA2")
    return true;
  if (!starts_with(sign, 0, "\xE2\x80") || sign.size() < 3)
    return false;
  auto last = static_cast<unsigned char>(sign[2]);
  return (last >= 0x80 && last <= 0x8B) || (last >= 0x90 && last <= 0x93) || last == 0x98 ||
         last == 0x99;
}

/// True when the dot at `dot` is that of a host name: `example.com`, `linkedin.in/…`.
bool host_dot(std::string_view text, std::size_t dot) {
  for (std::string_view zone : {"com", "org", "edu", "gov", "info"})
    if (starts_with(text, dot + 1, zone))
      if (auto end = dot + 1 + zone.size(); end >= text.size() || !is_word_byte(text, end))
        return true;
  for (std::string_view zone : {"io/", "in/", "me/", "net/", "dev/", "ai/", "co/", "co."})
    if (starts_with(text, dot + 1, zone))
      return true;
  return false;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

std::uint64_t hash_word(std::string_view word) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  unsigned char before = 0;
  for (char raw : word) {
    auto c = static_cast<unsigned char>(raw);
    if (c >= 'A' && c <= 'Z')
      c = static_cast<unsigned char>(c + 32);
    else if (before == 0xC3 && c >= 0x80 && c <= 0x9E && c != 0x97)
      c = static_cast<unsigned char>(c + 0x20);
    hash = (hash ^ c) * 0x100000001b3ULL;
    before = static_cast<unsigned char>(raw);
  }
  return hash;
}

bool is_word_byte(std::string_view text, std::size_t at) {
  auto kind = byte_kinds[static_cast<unsigned char>(text[at])];
  return kind == 1 || (kind == 2 && sign_length(text, at) == 0);
}

void tokenize(std::string_view text, std::vector<Token>& out) {
  const auto n = text.size();
  std::size_t i = 0;
  bool joins = false;
  std::size_t gap = 0, newlines = 0;
  auto fresh_gap = [&](bool value) { joins = value, gap = 0, newlines = 0; };
  auto skip_address = [&] {
    while (i < n && !is_space(text[i]))
      ++i;
    fresh_gap(false);
  };
  while (i < n) {
    auto c = text[i];
    bool dotted = c == '.' && i + 1 < n && is_alnum(static_cast<unsigned char>(text[i + 1])) &&
                  (i == 0 || (text[i - 1] != '.' && !is_word_byte(text, i - 1)));
    if (!dotted && !is_word_byte(text, i)) {
      auto kind = byte_kinds[static_cast<unsigned char>(c)];
      std::size_t length = kind == 2 ? std::min(sign_length(text, i), n - i) : 1;
      if (kind == 2) {
        joins = joins && joining_sign(text.substr(i, length));
      } else if (c == '&' && i > 0 && text[i - 1] == ' ' && i + 1 < n && text[i + 1] == ' ') {
        static const auto and_hash = hash_word("and");
        out.push_back({i, i + 1, and_hash, joins});
        ++i;
        fresh_gap(true);
        continue;
      } else if (c == '.') {
        joins = joins && gap == 0 && i + 1 < n && is_word_byte(text, i + 1);
      } else if (c == '\n') {
        joins = joins && ++newlines == 1;
      } else if (c != ' ' && c != '\t' && c != '\r' && c != '-' && c != '_' && c != '&' &&
                 c != '\'' && c != '/') {
        joins = false;
      }
      // Wide gaps are columns of a table, not spaces of a name.
      if (++gap > 3)
        joins = false;
      i += length;
      continue;
    }
    if (c == 'h' && (starts_with(text, i, "http://") || starts_with(text, i, "https://"))) {
      skip_address();
      continue;
    }
    if ((c == 'w' || c == 'W') && (starts_with(text, i, "www.") || starts_with(text, i, "WWW."))) {
      skip_address();
      continue;
    }
    auto begin = i;
    if (dotted)
      ++i;
    while (i < n && is_word_byte(text, i))
      ++i;
    if (i < n && (text[i] == '@' || (text[i] == '.' && host_dot(text, i)))) {
      skip_address();
      continue;
    }
    if (begin > 0 && text[begin - 1] == '@') {
      skip_address();
      continue;
    }
    if (i < n && text[i] == '+') {
      auto plus = i;
      while (plus < n && text[plus] == '+')
        ++plus;
      if (plus - i >= 2 || plus == n || !is_word_byte(text, plus))
        i = plus;
    } else if (i < n && text[i] == '#' && (i + 1 == n || !is_word_byte(text, i + 1))) {
      ++i;
    }
    out.push_back({begin, i, hash_word(text.substr(begin, i - begin)), joins});
    fresh_gap(true);
  }
}

}  // namespace jobraker::skills
