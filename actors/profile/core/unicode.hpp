#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jobraker {

/// One code point of a text and the bytes it took; `code` is -1 for a byte that is no UTF-8.
struct CodePoint {
  std::int32_t code = -1;
  std::size_t length = 1;
};

/// The code point at byte `at`, which must be inside `text`.
CodePoint code_point(std::string_view text, std::size_t at);

/// Appends a code point in UTF-8.
void append_code_point(std::string& out, std::int32_t code);

std::int32_t lower_case(std::int32_t code);
bool is_letter(std::int32_t code);
bool is_lower(std::int32_t code);
bool is_digit(std::int32_t code);
/// Spaces of every width, tabs and line ends.
bool is_space(std::int32_t code);

/// Unicode normal form C; bytes that are no UTF-8 must not be in it.
std::string to_nfc(std::string_view text);

/// Lower case without accents, for comparing words: `März` is `marz`.
std::string base_letters(std::string_view text);

/// The first `bytes` bytes at most, cut between code points, without spaces at its end.
std::string_view cut_bytes(std::string_view text, std::size_t bytes);

/// Without white space at both ends (ASCII).
std::string_view trim(std::string_view text);

}  // namespace jobraker
