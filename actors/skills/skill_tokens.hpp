#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace jobraker::skills {

/// A word of a text as the synonym table compares it.
struct Token {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint64_t hash = 0;  ///< of its lower-case bytes
  bool joins = false;  ///< nothing but a space, hyphen, dot, slash … between it and the one before
};

/// Hash of a word (FNV-1a, 64 bits) after lower-casing ASCII and Latin-1 letters.
std::uint64_t hash_word(std::string_view word);

/// True for the bytes words are made of: ASCII letters and digits, and everything outside ASCII
/// that is no punctuation.
bool is_word_byte(std::string_view text, std::size_t at);

/// The words of `text` appended to `out`: runs of word bytes, with the + of C++ and the # of C#,
/// and with the dot of .NET; a free-standing & is the word "and". Addresses of web pages and e-mail
/// are left out.
void tokenize(std::string_view text, std::vector<Token>& out);

}  // namespace jobraker::skills
