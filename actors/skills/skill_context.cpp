#include "actors/skills/skill_context.hpp"

#include <algorithm>
#include <string>

#include "actors/skills/skill_tokens.hpp"

namespace jobraker::skills {
namespace {

constexpr std::string_view list_signs = ",;/|:()[]*&+\"=>";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// A bullet or another sign outside ASCII that ends at `end` or begins at `begin`.
bool sign_before(std::string_view text, std::size_t end) {
  auto begin = end;
  while (begin > 0 && begin + 4 > end &&
         (static_cast<unsigned char>(text[begin - 1]) & 0xC0) == 0x80)
    --begin;
  return begin > 0 && begin < end && !is_word_byte(text, begin - 1);
}

std::string lower_word(std::string_view word) {
  std::string out(word);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

template <std::size_t N>
bool among(std::string_view word, const std::string_view (&words)[N]) {
  auto lower = lower_word(word);
  return std::find(std::begin(words), std::end(words), lower) != std::end(words);
}

constexpr std::string_view trades[] = {
  "developer", "developers", "programmer",   "programming", "language",    "languages", "engineer",
  "engineers", "scripting",  "framework",    "development", "proficiency", "skills",    "library",
  "libraries", "macros",     "spreadsheets", "certified",   "services",    "backend"};
constexpr std::string_view leads[] = {"in",   "with",   "using",     "and",      "or",
                                      "like", "ms",     "microsoft", "via",      "as",
                                      "of",   "apache", "advanced",  "knowledge"};
constexpr std::string_view others[] = {"vitamin",  "hepatitis", "class", "category", "series",
                                       "plan",     "section",   "grade", "type",     "part",
                                       "appendix", "option",    "group", "level",    "vitamins",
                                       "exhibit",  "schedule",  "block", "wing",     "unit"};

}  // namespace

Surroundings look_around(std::string_view text, std::size_t begin, std::size_t end) {
  Surroundings s;
  auto left = begin;
  while (left > 0 && is_blank(text[left - 1]))
    --left;
  auto right = end;
  while (right < text.size() && is_blank(text[right]))
    ++right;
  bool line_start = left == 0 || text[left - 1] == '\n';
  bool line_end = right == text.size() || text[right] == '\n';
  bool left_sign =
    !line_start && (list_signs.find(text[left - 1]) != std::string_view::npos ||
                    (text[left - 1] == '-' && left < begin) || sign_before(text, left));
  bool right_sign = false;
  if (!line_end) {
    auto c = text[right];
    auto after = right + 1 < text.size() ? text[right + 1] : '\n';
    right_sign = list_signs.find(c) != std::string_view::npos || (c == '-' && right > end) ||
                 (c == '.' && (is_blank(after) || after == '\n')) ||
                 (static_cast<unsigned char>(c) >= 0x80 && !is_word_byte(text, right));
  }
  s.left_edge = line_start || left_sign;
  s.right_edge = line_end || right_sign;
  s.in_list = s.left_edge && s.right_edge && (left_sign || (right_sign && text[right] != '.'));
  s.alone = line_start && line_end;
  if (!line_start && left < begin && is_word_byte(text, left - 1)) {
    auto word = left;
    while (word > 0 && is_word_byte(text, word - 1))
      --word;
    auto before = text.substr(word, left - word);
    s.after_lead = among(before, leads);
    s.after_other = among(before, others);
  }
  if (right > end && right < text.size() && is_word_byte(text, right)) {
    auto word = right;
    while (word < text.size() && is_word_byte(text, word))
      ++word;
    s.before_trade = among(text.substr(right, word - right), trades);
  }
  auto line = text.rfind('\n', begin == 0 ? 0 : begin - 1);
  line = line == std::string_view::npos || begin == 0 ? 0 : line + 1;
  if (begin - line < 300) {
    auto colon = text.substr(line, begin - line).find(':');
    if (colon != std::string_view::npos) {
      auto label = lower_word(text.substr(line, colon));
      for (std::string_view word :
           {"language", "skill", "programming", "technolog", "tools", "software", "stack"})
        s.after_label = s.after_label || label.find(word) != std::string::npos;
    }
  }
  return s;
}

}  // namespace jobraker::skills
