#include "tools/sandbox/tokens.hpp"

#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

bool is_letter(char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }

/// End of the piece that starts at `at`.
std::size_t piece_end(std::string_view text, std::size_t at) {
  std::size_t i = at;
  if (text[i] == ' ' && i + 1 < text.size() && (is_letter(text[i + 1]) || is_digit(text[i + 1])))
    ++i;
  char c = text[i];
  if (is_letter(c)) {
    // Inside a long word the pieces after the first are shorter: fragments, not words.
    bool inner = i == at && at > 0 && is_letter(text[at - 1]);
    std::size_t limit = i + (inner ? 6 : 8);
    while (i < text.size() && i < limit && is_letter(text[i]))
      ++i;
    return i;
  }
  if (is_digit(c)) {
    std::size_t limit = i + 3;
    while (i < text.size() && i < limit && is_digit(text[i]))
      ++i;
    return i;
  }
  if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
    while (i < text.size() && text[i] == c && i - at < 16)
      ++i;
    // The last blank before a word belongs to the word.
    if (c == ' ' && i - at > 1 && i < text.size() && is_letter(text[i]))
      --i;
    return i;
  }
  if (static_cast<unsigned char>(c) >= 0x80) {
    ++i;
    while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80)
      ++i;
    return i;
  }
  return i + 1;
}

}  // namespace

std::size_t count_tokens(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); i = piece_end(text, i))
    ++count;
  return count;
}

std::vector<std::string> token_pieces(std::string_view text) {
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < text.size();) {
    auto end = piece_end(text, i);
    pieces.emplace_back(text.substr(i, end - i));
    i = end;
  }
  return pieces;
}

void each_piece(std::string_view text, const std::function<void(std::string_view)>& visit) {
  for (std::size_t i = 0; i < text.size();) {
    auto end = piece_end(text, i);
    visit(text.substr(i, end - i));
    i = end;
  }
}

std::string_view first_tokens(std::string_view text, std::size_t limit) {
  std::size_t i = 0;
  while (limit-- > 0 && i < text.size())
    i = piece_end(text, i);
  return text.substr(0, i);
}

}  // namespace jobraker::sandbox
