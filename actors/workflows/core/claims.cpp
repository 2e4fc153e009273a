#include "actors/workflows/core/claims.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "actors/workflows/core/same.hpp"

namespace jobraker::workflows {
namespace {

using Words = std::vector<std::string>;

struct LevelWord {
  std::string_view word;
  DegreeLevel level;
};

/// Clear wherever they stand.
constexpr LevelWord clear_words[] = {{"bsc", DegreeLevel::bachelor},
                                     {"beng", DegreeLevel::bachelor},
                                     {"bba", DegreeLevel::bachelor},
                                     {"llb", DegreeLevel::bachelor},
                                     {"btech", DegreeLevel::bachelor},
                                     {"bachelor", DegreeLevel::bachelor},
                                     {"bachelors", DegreeLevel::bachelor},
                                     {"licence", DegreeLevel::bachelor},
                                     {"licenciatura", DegreeLevel::bachelor},
                                     {"laurea", DegreeLevel::bachelor},
                                     {"msc", DegreeLevel::master},
                                     {"meng", DegreeLevel::master},
                                     {"llm", DegreeLevel::master},
                                     {"mtech", DegreeLevel::master},
                                     {"masters", DegreeLevel::master},
                                     {"magister", DegreeLevel::master},
                                     {"diplom", DegreeLevel::master},
                                     {"mba", DegreeLevel::mba},
                                     {"phd", DegreeLevel::doctor},
                                     {"dphil", DegreeLevel::doctor},
                                     {"doctorate", DegreeLevel::doctor},
                                     {"doctoral", DegreeLevel::doctor},
                                     {"doktor", DegreeLevel::doctor},
                                     {"promotion", DegreeLevel::doctor},
                                     {"promoviert", DegreeLevel::doctor},
                                     {"doctorat", DegreeLevel::doctor},
                                     {"dr", DegreeLevel::doctor}};

/// Something else, too: only in the name of a degree, or before "in" and "of".
constexpr LevelWord doubtful_words[] = {{"ba", DegreeLevel::bachelor},
                                        {"bs", DegreeLevel::bachelor},
                                        {"be", DegreeLevel::bachelor},
                                        {"bfa", DegreeLevel::bachelor},
                                        {"ab", DegreeLevel::bachelor},
                                        {"ma", DegreeLevel::master},
                                        {"ms", DegreeLevel::master},
                                        {"mfa", DegreeLevel::master},
                                        {"master", DegreeLevel::master},
                                        {"maitrise", DegreeLevel::master},
                                        {"as", DegreeLevel::associate},
                                        {"aa", DegreeLevel::associate},
                                        {"associate", DegreeLevel::associate},
                                        {"doctor", DegreeLevel::doctor},
                                        {"diploma", DegreeLevel::vocational},
                                        {"ausbildung", DegreeLevel::vocational},
                                        {"certificate", DegreeLevel::vocational},
                                        {"apprenticeship", DegreeLevel::vocational}};

std::optional<DegreeLevel> find(const auto& table, std::string_view word) {
  for (const auto& entry : table)
    if (entry.word == word)
      return entry.level;
  return std::nullopt;
}

template <std::size_t N>
bool among(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Words with the dots of abbreviations taken out: "B.Sc." is "bsc".
Words undotted(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool inner = text[i] == '.' && i > 0 && text[i - 1] != ' ' &&
                 (i + 1 < text.size() && text[i + 1] != ' ' && text[i + 1] != '\n');
    if (!inner)
      plain += text[i] == '.' ? ' ' : text[i];
  }
  auto words = plain_words(plain);
  // "Ph.D." and "M. Sc." come apart.
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    auto both = words[i] + words[i + 1];
    if (both == "msc" || both == "bsc" || both == "phd" || both == "beng" || both == "meng") {
      words[i] = both;
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
  }
  return words;
}

bool is_role_noun(std::string_view word) {
  static constexpr std::array<std::string_view, 24> nouns{
    "engineer",   "developer",  "designer",      "architect", "analyst",   "scientist",
    "programmer", "consultant", "nurse",         "teacher",   "recruiter", "accountant",
    "technician", "researcher", "administrator", "tester",    "software",  "data",
    "backend",    "frontend",   "product",       "devops",    "platform",  "security"};
  return among(nouns, word);
}

constexpr std::array<std::string_view, 26> offices{
  "director",  "manager",   "chief",      "vp",        "svp",           "evp",        "cto",
  "ceo",       "cfo",       "coo",        "cio",       "ciso",          "cmo",        "founder",
  "cofounder", "president", "supervisor", "professor", "architect",     "teamleiter", "leiter",
  "leiterin",  "direktor",  "vorstand",   "directeur", "superintendent"};

constexpr std::array<std::string_view, 4> grades{"senior", "principal", "leitender", "leitende"};

}  // namespace

bool is_degree_word(std::string_view word) {
  return find(clear_words, word) || find(doubtful_words, word);
}

std::set<DegreeLevel> degree_levels(std::string_view text, bool whole) {
  auto words = undotted(text);
  std::set<DegreeLevel> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto after = i + 1 < words.size() ? std::string_view{words[i + 1]} : std::string_view{};
    if (auto level = find(clear_words, words[i])) {
      // "Dr" before a name is a title; "promotion" is one at work, except in a degree.
      if (whole || (words[i] != "dr" && words[i] != "promotion" && words[i] != "licence"))
        out.insert(*level);
      continue;
    }
    auto level = find(doubtful_words, words[i]);
    if (!level)
      continue;
    bool named = whole || ((after == "in" || after == "of" || after == "degree" || after == "s") &&
                           words[i] != "be" && words[i] != "as" && words[i] != "ab");
    // "associate of", "certificate in" are ordinary words outside of a list of degrees.
    bool ordinary =
      *level == DegreeLevel::vocational || (words[i] == "associate" && after != "degree");
    if (named && (whole || !ordinary))
      out.insert(*level);
  }
  if (out.contains(DegreeLevel::mba))
    out.erase(DegreeLevel::master);  // "Master of Business Administration (MBA)"
  return out;
}

std::vector<std::string> ranks_in(std::string_view text) {
  auto words = plain_words(text);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    auto before = i > 0 ? std::string_view{words[i - 1]} : std::string_view{};
    auto after = i + 1 < words.size() ? std::string_view{words[i + 1]} : std::string_view{};
    bool team = before == "team" || before == "tech" || before == "technical" ||
                before == "engineering" || before == "project";
    if (among(offices, word) || among(grades, word))
      out.push_back(word);
    else if (word == "sr")
      out.emplace_back("senior");
    else if ((word == "lead" || word == "leader") &&
             (team || (word == "lead" && is_role_noun(after))))
      out.emplace_back("lead");
    else if (word == "staff" && is_role_noun(after))
      out.push_back(word);
    else if (word == "head" && (after == "of" || before == "department"))
      out.push_back(word);
    else if (word == "vice" && after == "president")
      out.emplace_back("vp");
  }
  return out;
}

}  // namespace jobraker::workflows
