#include "actors/workflows/core/same.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "actors/profile/core/evidence.hpp"
#include "actors/profile/core/unicode.hpp"
#include "actors/workflows/core/claims.hpp"

namespace jobraker::workflows {
namespace {

using Words = std::vector<std::string>;

template <std::size_t N>
bool among(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 44> legal_forms{
  "incorporated", "inc",  "llc", "llp",   "ltd",  "limited", "corporation", "corp",   "company",
  "co",           "gmbh", "mbh", "ggmbh", "ag",   "se",      "kg",          "kgaa",   "ohg",
  "ug",           "plc",  "sa",  "sas",   "sarl", "srl",     "spa",         "bv",     "nv",
  "ab",           "as",   "aps", "oy",    "oyj",  "pty",     "holding",     "group",  "and",
  "und",          "et",   "y",   "sp",    "z",    "o",       "pvt",         "private"};

/// The texts a name may stand for: without its brackets, and what is in them.
std::vector<std::string> readings(std::string_view name) {
  auto open = name.find('(');
  auto close = name.find(')', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos)
    return {std::string{name}};
  return {std::string{name},
          std::string{name.substr(0, open)} + std::string{name.substr(close + 1)},
          std::string{name.substr(open + 1, close - open - 1)}};
}

std::string without_dots(std::string_view text) {
  std::string out{text};
  std::erase(out, '.');
  return out;
}

std::string_view long_form(std::string_view word) {
  constexpr std::array<std::array<std::string_view, 2>, 12> forms{{{"sr", "senior"},
                                                                   {"jr", "junior"},
                                                                   {"dev", "developer"},
                                                                   {"eng", "engineer"},
                                                                   {"engr", "engineer"},
                                                                   {"mgr", "manager"},
                                                                   {"mgmt", "management"},
                                                                   {"asst", "assistant"},
                                                                   {"assoc", "associate"},
                                                                   {"dir", "director"},
                                                                   {"sw", "software"},
                                                                   {"admin", "administrator"}}};
  for (const auto& form : forms)
    if (form[0] == word)
      return form[1];
  return word;
}

Words title_words(std::string_view title) {
  auto words = plain_words(title);
  for (auto& word : words)
    word = long_form(word);
  std::erase_if(words, [](const std::string& word) {
    return word == "the" || word == "and" || word == "und" || word == "of";
  });
  return words;
}

/// The words of a degree that say more than its level: subject and addenda.
std::set<std::string> subject_words(std::string_view degree) {
  constexpr std::array<std::string_view, 22> hollow{
    "in",  "of", "the", "a",   "degree", "s",       "and",  "with",  "honours", "hons", "im",
    "der", "en", "de",  "des", "fach",   "science", "arts", "grade", "und",     "et",   "sciences"};
  std::set<std::string> out;
  for (auto& word : plain_words(without_dots(degree)))
    if (!among(hollow, word) && !is_degree_word(word))
      out.insert(word);
  return out;
}

bool unfinished(std::string_view degree) {
  constexpr std::array<std::string_view, 17> words{
    "not",     "incomplete", "ongoing",  "unfinished",   "expected",  "candidate",
    "dropped", "withdrew",   "progress", "abgebrochen",  "laufend",   "voraussichtlich",
    "pending", "cours",      "partial",  "discontinued", "coursework"};
  auto there = plain_words(degree);
  return std::any_of(there.begin(), there.end(), [&](auto& word) { return among(words, word); });
}

Words institution_words(std::string_view name) {
  auto words = plain_words(name);
  std::erase_if(words, [](const std::string& word) {
    return word == "the" || word == "of" || word == "at" || word == "fur" || word == "de";
  });
  return words;
}

}  // namespace

Words plain_words(std::string_view text) { return words_of(base_letters(text)); }

Words company_words(std::string_view name) {
  auto all = plain_words(without_dots(name));
  auto words = all;
  while (!words.empty() && among(legal_forms, words.back()))
    words.pop_back();
  if (!words.empty() && words.front() == "the")
    words.erase(words.begin());
  return words.empty() ? all : words;
}

bool same_title(std::string_view claimed, std::string_view known) {
  auto said = title_words(claimed);
  if (said.empty())
    return title_words(known).empty();
  auto all = readings(known);
  // What stands in brackets alone is no title.
  if (all.size() == 3)
    all.pop_back();
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& reading) { return title_words(reading) == said; });
}

bool same_company(std::string_view claimed, std::string_view known) {
  auto said = company_words(claimed);
  if (said.empty())
    return company_words(known).empty();
  auto matches = [](const Words& words, std::string_view name) {
    auto all = readings(name);
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& reading) { return company_words(reading) == words; });
  };
  // Either side may be the one that explains itself in brackets.
  auto claims = readings(claimed);
  if (matches(said, known))
    return true;
  return claims.size() == 3 && matches(company_words(claims[1]), known) &&
         matches(company_words(claims[2]), known);
}

bool same_degree(std::string_view claimed, std::string_view known) {
  if (degree_levels(claimed, true) != degree_levels(known, true))
    return false;
  if (unfinished(known) && !unfinished(claimed))
    return false;
  auto has = subject_words(known);
  auto wants = subject_words(claimed);
  if (degree_levels(claimed, true).empty() && wants.empty())
    return has.empty();
  return std::includes(has.begin(), has.end(), wants.begin(), wants.end());
}

bool same_institution(std::string_view claimed, std::string_view known) {
  auto said = institution_words(claimed);
  if (said.empty())
    return institution_words(known).empty();
  auto all = readings(known);
  if (auto comma = known.find(','); comma != std::string_view::npos)
    all.emplace_back(known.substr(0, comma));
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& reading) { return institution_words(reading) == said; });
}

}  // namespace jobraker::workflows
