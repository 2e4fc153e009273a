#include "actors/profile/core/prompt.hpp"

namespace jobraker {
namespace {

/// The length of a tag's beginning at `at`: `<resume`, `</resume`, in any case and with spaces.
bool is_tag(std::string_view text, std::size_t at) {
  constexpr std::string_view name = "resume";
  auto i = at + 1;
  while (i < text.size() &&
         (text[i] == ' ' || text[i] == '/' || text[i] == '\t' || text[i] == '\n'))
    ++i;
  for (char c : name) {
    if (i >= text.size() || (text[i] | 0x20) != c)
      return false;
    ++i;
  }
  return true;
}

}  // namespace

std::string resume_prompt(std::string_view clean_text) {
  std::string out = "<resume>\n";
  out.reserve(clean_text.size() + 32);
  for (std::size_t i = 0; i < clean_text.size(); ++i) {
    if (clean_text[i] == '<' && is_tag(clean_text, i))
      out.append("\xE2\x80\xB9");  // ‹, which the search for evidence takes for <
    else
      out.push_back(clean_text[i]);
  }
  return out.append("\n</resume>");
}

}  // namespace jobraker
