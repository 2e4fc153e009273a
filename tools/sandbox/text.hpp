#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Small text helpers of the sandbox. UTF-8 in, UTF-8 out; letters beyond ASCII count as letters.
namespace jobraker::sandbox {

/// Lower case for ASCII and the Latin-1 letters; same length in bytes as the input.
std::string lower(std::string_view text);

/// Without blanks (space, tab, CR, LF, no-break space) at the ends.
std::string_view trim(std::string_view text);

/// Runs of blanks become one space; trimmed.
std::string squeeze(std::string_view text);

/// Whether the byte at `at` belongs to a word: letter, digit, or part of a letter beyond ASCII.
bool is_word_at(std::string_view text, std::size_t at) noexcept;
bool is_digit(char c) noexcept;
bool is_upper(std::string_view text, std::size_t at) noexcept;

/// Splits at a character; parts are trimmed, empty ones dropped.
std::vector<std::string_view> split(std::string_view text, char separator);

/// Lower-case words; `+`, `#` and inner `.`, `-`, `'` stay (c++, c#, node.js, on-site).
std::vector<std::string> words(std::string_view text);

/// Whether `phrase` (lower case) stands in `text` (lower case) with no word byte on either side.
bool has_phrase(std::string_view text, std::string_view phrase);
/// Where it stands, or npos.
std::size_t find_phrase(std::string_view text, std::string_view phrase, std::size_t from = 0);

/// At most `bytes` bytes, cut between characters.
std::string_view cut(std::string_view text, std::size_t bytes);

/// Escapes `& < > "` for HTML and XML.
std::string escape_html(std::string_view text);

/// Standard base64 (RFC 4648 §4) with padding.
std::string base64(std::string_view bytes);

/// FNV-1a, 64 bits, then mixed; the sandbox's one source of deterministic choice.
std::uint64_t hash(std::string_view text, std::uint64_t seed = 0) noexcept;

}  // namespace jobraker::sandbox
