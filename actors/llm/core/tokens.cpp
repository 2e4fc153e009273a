#include "actors/llm/core/tokens.hpp"

#include <algorithm>

#include "actors/llm/core/utf8.hpp"

namespace jobraker::llm {
namespace {

/// Scripts whose characters are words or syllables, and pictures.
struct Range {
  char32_t first, last;
};
constexpr Range wide[] = {
  {0x1100, 0x11FF},    // Hangul Jamo
  {0x2E80, 0xA4CF},    // CJK, Kana, Bopomofo, Yi
  {0xA960, 0xA97F},    // Hangul Jamo extended
  {0xAC00, 0xD7FF},    // Hangul
  {0xF900, 0xFAFF},    // CJK compatibility
  {0xFE30, 0xFE4F},    // CJK compatibility forms
  {0xFF00, 0xFFEF},    // full-width and half-width forms
  {0x1F000, 0x1FAFF},  // emoji
  {0x20000, 0x3FFFF},  // CJK extensions
};

/// In quarters of a token.
std::int64_t weight(char32_t c) {
  if (c < 0x80)
    return 1;
  auto found = std::any_of(std::begin(wide), std::end(wide),
                           [&](const Range& range) { return c >= range.first && c <= range.last; });
  return found ? 5 : 2;
}

}  // namespace

std::int64_t estimate_tokens(std::string_view text) noexcept {
  std::int64_t quarters = 0;
  while (!text.empty()) {
    auto c = read_code_point(text);
    quarters += c.valid ? weight(c.value) : 4;
    text.remove_prefix(c.length);
  }
  return (quarters + 3) / 4;
}

}  // namespace jobraker::llm
