#include "actors/profile/core/text_clean.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "actors/profile/core/unicode.hpp"

namespace jobraker {
namespace {

using Code = std::int32_t;
constexpr Code bullet = 0x2022;

/// Signs that documents use for bullets; the private ones are Wingdings and Symbol.
constexpr Code bullets[] = {0x2022, 0x2023, 0x2043, 0x2219, 0x25A0, 0x25A1, 0x25AA, 0x25AB,
                            0x25B6, 0x25B8, 0x25BA, 0x25C6, 0x25C7, 0x25CB, 0x25CF, 0x25D8,
                            0x25E6, 0x2713, 0x2714, 0x2756, 0x2794, 0x27A2, 0x27A4, 0xF0A7,
                            0xF0B7, 0xF0D8, 0xF076, 0xF06C, 0xF06E, 0xF0FC, 0xF0A8};

constexpr std::string_view ligatures[] = {"ff",  "fi", "fl", "ffi",
                                          "ffl", "st", "st"};  // U+FB00–FB06

/// Windows-1252 bytes 0x80–0x9F, to see through text that was encoded twice.
constexpr std::array<Code, 32> windows_1252 = {
  0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
  0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
  0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

/// The byte that a wrong decoder showed as `code`, or -1.
int byte_shown_as(Code code) {
  if (code >= 0x80 && code <= 0xFF)
    return code;
  for (std::size_t i = 0; i < windows_1252.size(); ++i)
    if (windows_1252[i] == code)
      return static_cast<int>(0x80 + i);
  return -1;
}

std::vector<Code> decode(std::string_view text) {
  std::vector<Code> codes;
  codes.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    auto [code, length] = code_point(text, i);
    if (code >= 0)
      codes.push_back(code);
    i += length;
  }
  return codes;
}

/// Takes one layer of double encoding off: `â€™` and `â\x80\x99` are `’`.
bool undo_double_encoding(std::vector<Code>& codes) {
  std::size_t out = 0;
  bool changed = false;
  for (std::size_t i = 0; i < codes.size();) {
    auto lead = codes[i] >= 0xC2 && codes[i] <= 0xF4 ? codes[i] : 0;
    std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
    std::string bytes;
    for (std::size_t k = 0; k < length && i + k < codes.size(); ++k) {
      int byte = k == 0 ? lead : byte_shown_as(codes[i + k]);
      if (byte < 0 || (k > 0 && (byte & 0xC0) != 0x80))
        break;
      bytes.push_back(static_cast<char>(byte));
    }
    if (length > 0 && bytes.size() == length)
      if (auto real = code_point(bytes, 0); real.code >= 0 && real.length == length) {
        codes[out++] = real.code;
        i += length;
        changed = true;
        continue;
      }
    codes[out++] = codes[i++];
  }
  codes.resize(out);
  return changed;
}

bool removed(Code c) {
  return (c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x200B ||
         c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFF) ||
         (c >= 0xE000 && c <= 0xF8FF) || c >= 0xE0000 || (c & 0xFFFE) == 0xFFFE ||
         (c >= 0xFDD0 && c <= 0xFDEF);
}

/// One code point each to its plain form; lines, spaces and words are looked at later.
std::string plain_characters(const std::vector<Code>& codes) {
  std::string out;
  out.reserve(codes.size() + codes.size() / 4);
  bool line_start = true;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    auto c = codes[i];
    // A soft hyphen before a line end is where the word was cut.
    if (c == 0xAD) {
      auto k = i + 1;
      while (k < codes.size() && (codes[k] == ' ' || codes[k] == '\r'))
        ++k;
      if (k < codes.size() && codes[k] == '\n' && k + 1 < codes.size() && is_letter(codes[k + 1]))
        i = k;
      continue;
    }
    if (c == '\r') {
      if (i + 1 < codes.size() && codes[i + 1] == '\n')
        continue;
      c = '\n';
    } else if (c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029) {
      c = '\n';
    } else if (is_space(c) && c != '\n') {
      c = ' ';
    }
    if (std::find(std::begin(bullets), std::end(bullets), c) != std::end(bullets) ||
        (line_start && (c == 0xB7 || (c >= 0xF000 && c <= 0xF0FF))))
      c = bullet;
    if (removed(c))
      continue;
    if (c >= 0xFB00 && c <= 0xFB06)
      out.append(ligatures[c - 0xFB00]);
    else
      append_code_point(out, c);
    if (c != ' ')
      line_start = c == '\n';
  }
  return out;
}

/// Trims lines, makes runs of spaces one and runs of blank lines one blank line.
std::string tidy_lines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  int newlines = 2;
  bool space = false;
  for (char c : text) {
    if (c == '\n') {
      if (newlines < 2)
        out.push_back('\n');
      newlines = std::min(newlines + 1, 2);
      space = false;
    } else if (c == ' ') {
      space = newlines == 0;
    } else {
      if (space)
        out.push_back(' ');
      out.push_back(c);
      space = false;
      newlines = 0;
    }
  }
  while (!out.empty() && out.back() == '\n')
    out.pop_back();
  return out;
}

/// Halves of words that keep their hyphen: `cloud-` + `native`, `real-` + `time`.
bool is_compound(std::string_view before, std::string_view after) {
  for (std::string_view word :
       {"well",   "self",     "cross",   "full",   "real",    "long",  "high",  "low",      "end",
        "cloud",  "open",     "multi",   "non",    "front",   "back",  "event", "test",     "user",
        "third",  "hands",    "problem", "detail", "results", "goal",  "team",  "customer", "data",
        "object", "service",  "large",   "small",  "state",   "short", "cost",  "part",     "first",
        "follow", "decision", "day",     "e",      "co",      "pre",   "post",  "semi",     "in",
        "on",     "off",      "up",      "to",     "and",     "or",    "year"})
    if (before == word)
      return true;
  for (std::string_view word :
       {"oriented", "driven", "based", "level", "native", "end",     "site",       "line", "to",
        "of",       "house",  "party", "stack", "scale",  "facing",  "functional", "on",   "up",
        "time",     "and",    "or",    "in",    "the",    "quality", "performance"})
    if (after == word)
      return true;
  return false;
}

/// Joins words cut by a hyphen at a line's end, when both halves are small letters.
std::string join_hyphenated(std::string_view text) {
  auto small = [&](std::size_t i) { return i < text.size() && text[i] >= 'a' && text[i] <= 'z'; };
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '-' || i == 0 || i + 2 >= text.size() || text[i + 1] != '\n' || !small(i - 1) ||
        !small(i + 2)) {
      out.push_back(text[i]);
      continue;
    }
    auto begin = i, end = i + 2;
    while (begin > 0 && small(begin - 1))
      --begin;
    while (small(end))
      ++end;
    if (is_compound(text.substr(begin, i - begin), text.substr(i + 2, end - i - 2)))
      out.push_back('-');
    ++i;  // the line end goes too
  }
  return out;
}

/// At most `limit` code points, ended at a line when one ends near, else at a word.
std::string_view cut_near(std::string_view text, std::size_t limit) {
  std::size_t count = 0, at = 0, line = 0, word = 0;
  while (at < text.size() && count < limit) {
    if (text[at] == '\n')
      line = at;
    if (text[at] == '\n' || text[at] == ' ')
      word = at;
    at += code_point(text, at).length;
    ++count;
  }
  if (at >= text.size() || text[at] == '\n')
    return text.substr(0, at);
  auto near = at - at / 10;
  return text.substr(0, line >= near && line > 0 ? line : word >= near && word > 0 ? word : at);
}

std::string pass(std::string_view text, std::size_t limit) {
  auto codes = decode(text);
  while (undo_double_encoding(codes)) {
  }
  auto plain = join_hyphenated(tidy_lines(to_nfc(plain_characters(codes))));
  return tidy_lines(cut_near(plain, limit));
}

}  // namespace

std::string clean_text(std::string_view text, std::size_t limit) {
  // What is far beyond the limit need not be looked at: no step makes text sixteen times shorter
  // but spaces, and a document that opens with megabytes of them has nothing to say.
  text = text.substr(0, std::max<std::size_t>(limit, 64) * 64);
  auto out = pass(text, limit);
  // Joining and removing can bring new neighbours together; each round makes the text shorter, or
  // is the last.
  for (;;) {
    auto again = pass(out, limit);
    if (again == out)
      return out;
    out = std::move(again);
  }
}

}  // namespace jobraker
