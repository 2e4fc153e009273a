#include <algorithm>
#include <array>

#include "actors/profile/core/evidence.hpp"
#include "actors/profile/core/unicode.hpp"
#include "actors/workflows/core/openers.hpp"
#include "actors/workflows/core/prose.hpp"
#include "actors/workflows/core/same.hpp"
#include "actors/workflows/core/truth.hpp"

namespace jobraker::workflows {
namespace {

bool has_phrase(const std::string& spaced, std::string_view phrase) {
  return spaced.find(" " + std::string{phrase} + " ") != std::string::npos;
}

/// The words of a text with one blank around each.
std::string spaced(std::string_view text) {
  std::string out = " ";
  for (const auto& word : plain_words(text))
    out += word + " ";
  return out;
}

/// "I have", "my experience": the writer says what they have or did, and does not deny it.
bool is_claim(std::string_view clause) {
  constexpr std::array<std::string_view, 34> claims{"i have",        "i ve",
                                                    "i am",          "i m",
                                                    "i was",         "i bring",
                                                    "i know",        "i use",
                                                    "i used",        "i work",
                                                    "i worked",      "i built",
                                                    "i led",         "i hold",
                                                    "i wrote",       "i developed",
                                                    "i designed",    "i gained",
                                                    "my experience", "my work",
                                                    "my degree",     "my knowledge",
                                                    "my background", "my skills",
                                                    "my expertise",  "ich habe",
                                                    "ich bin",       "ich bringe",
                                                    "ich kenne",     "ich arbeite",
                                                    "ich verfuge",   "meine erfahrung",
                                                    "mein studium",  "meine kenntnisse"};
  constexpr std::array<std::string_view, 20> denials{
    "not",    "no",   "never",  "yet",        "without", "learn",  "learning",
    "new to", "lack", "don t",  "haven t",    "nicht",   "kein",   "keine",
    "noch",   "ohne", "lernen", "interested", "eager",   "curious"};
  auto words = spaced(clause);
  auto has = [&](auto phrase) { return has_phrase(words, phrase); };
  return std::any_of(claims.begin(), claims.end(), has) &&
         std::none_of(denials.begin(), denials.end(), has);
}

/// The sentences of a letter, taken apart at "but", "while" and semicolons, not where a relative
/// clause ("…, which I have used") goes on with what stands before it.
std::vector<std::string_view> clauses_of(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  auto cut = [&](std::size_t end) {
    if (auto clause = trim(text.substr(begin, end - begin)); !clause.empty())
      out.push_back(clause);
    begin = end;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool stop = text[i] == '\n' || text[i] == ';' ||
                ((text[i] == '.' || text[i] == '!' || text[i] == '?') &&
                 (i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n'));
    for (std::string_view word : {", but ", ", while ", ", whereas ", ", although ", ", aber "})
      stop = stop || text.substr(i).starts_with(word);
    if (stop)
      cut(i + 1);
  }
  cut(text.size());
  return out;
}

Vocabulary letter_vocabulary(const CareerFacts& facts, std::string_view posting) {
  Vocabulary words = facts.words;
  words.add(posting);
  for (auto word : letter_words)
    words.add(word);
  return words;
}

/// The text with blanks for a name: what is said to "Studio 54" states no number.
std::string without(std::string_view text, std::string_view name) {
  std::string out{text};
  if (!name.empty())
    for (auto at = out.find(name); at != out.npos; at = out.find(name, at + name.size()))
      std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(at), name.size(), ' ');
  return out;
}

/// Every support is words of the profile.
void check_points(const KitLetter& letter, const CareerFacts& facts, Violations& out) {
  for (std::size_t i = 0; i < letter.points.size(); ++i) {
    const auto& support = letter.points[i].support;
    if (!supported_by(support, facts.text))
      refuse(out, "/points/" + std::to_string(i) + "/support", ClaimKind::name, support,
             "are not words of the profile");
  }
}

}  // namespace

Violations check_letter(const KitLetter& letter, const CareerFacts& facts,
                        const PostingText& posting) {
  Violations out;
  KnownWords known{letter_vocabulary(facts, posting.company + '\n' + posting.text), {}};
  known.ordinary.add_small(posting.text);
  known.ordinary.add_small(facts.text);
  known.ordinary.add_small(letter.letter);
  auto numbers = facts.numbers;
  auto asked = numbers_in(posting.company + '\n' + posting.text);
  numbers.insert(numbers.end(), asked.begin(), asked.end());
  auto capitals = capitals_of(letter.letter);
  for (const auto& [text, pointer] :
       {std::pair<std::string_view, const char*>{letter.subject, "/subject"},
        {letter.letter, "/letter"}}) {
    Prose prose{text, pointer, &numbers, true, capitals};
    check_placeholders(prose, out);
    check_names(prose, known, out);
    check_numbers(prose, facts, out);
  }
  for (auto clause : clauses_of(letter.letter)) {
    if (!is_claim(clause))
      continue;
    const auto unaddressed = without(clause, posting.company);
    check_numbers({unaddressed, "/letter", &facts.numbers, true, capitals}, facts, out);
    Prose prose{clause, "/letter", &facts.numbers, true, capitals};
    check_skills(prose, facts, out);
    check_degrees(prose, facts, out);
  }
  check_points(letter, facts, out);
  return out;
}

}  // namespace jobraker::workflows
