#include "actors/workflows/core/names.hpp"

#include <algorithm>
#include <array>

#include "actors/profile/core/evidence.hpp"
#include "actors/profile/core/unicode.hpp"
#include "actors/workflows/core/openers.hpp"
#include "actors/workflows/core/same.hpp"

namespace jobraker::workflows {
namespace {

template <std::size_t N>
bool among(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// A word as it stands in a text.
struct Token {
  std::string text{};   ///< as written
  std::string plain{};  ///< lower case, without accents
  bool first = false;   ///< begins a sentence
  bool capital = false;
  bool marked = false;  ///< a capital behind the first letter, or figures beside letters
  bool joined = false;  ///< only a blank stands between it and the one before
};

bool is_address(std::string_view word) {
  auto low = base_letters(word);
  return low.find("://") != std::string::npos || low.starts_with("www.") ||
         (low.find('@') != std::string::npos && low.find('.', low.find('@')) != std::string::npos);
}

Token token_of(std::string_view word) {
  Token token;
  token.text = word;
  token.plain = base_letters(word);
  bool first = true, letters = false, figures = false;
  for (std::size_t i = 0; i < word.size();) {
    auto [code, length] = code_point(word, i);
    bool upper = is_letter(code) && lower_case(code) != code;
    token.capital = token.capital || (first && upper);
    token.marked = token.marked || (!first && upper);
    letters = letters || is_letter(code);
    figures = figures || is_digit(code);
    first = false;
    i += length;
  }
  token.marked = token.marked || (letters && figures);
  return token;
}

bool in_word(std::int32_t code) {
  return is_letter(code) || is_digit(code) || code == '+' || code == '#';
}

/// A sign that stays inside a word: "Node.js", "O'Reilly".
bool joins(std::string_view text, std::size_t at) {
  return (text[at] == '.' || text[at] == '\'') && at > 0 && at + 1 < text.size() &&
         in_word(code_point(text, at + 1).code) && text[at - 1] != ' ';
}

/// What stands behind a quotation, or inside it, begins anew.
bool is_quote(std::int32_t code) {
  return code == '"' || (code >= 0x201C && code <= 0x201F) || code == 0xAB || code == 0xBB;
}

/// The words of a text; web and mail addresses come whole.
std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> out;
  bool first = true, joined = false;
  for (std::size_t i = 0; i < text.size();) {
    auto stop = std::min(text.find_first_of(" \t\r\n", i), text.size());
    if (i < stop && is_address(text.substr(i, stop - i))) {
      auto token = token_of(text.substr(i, stop - i));
      token.marked = true;
      out.push_back(std::move(token));
      first = joined = false;
      i = stop;
      continue;
    }
    auto [code, length] = code_point(text, i);
    if (!in_word(code) || code == '+' || code == '#') {
      // A colon or bullet opens a line of its own, a dash or bracket a part of one.
      first = first || code == '.' || code == '!' || code == '?' || code == '\n' || code == ':' ||
              code == ';' || code == 0x2022 || code == '*' || is_quote(code);
      joined = joined && code == ' ';
      i += length;
      continue;
    }
    auto begin = i;
    while (i < text.size()) {
      auto [next, bytes] = code_point(text, i);
      if (!in_word(next) && !(next < 0x80 && next >= 0 && joins(text, i)))
        break;
      i += bytes;
    }
    auto token = token_of(text.substr(begin, i - begin));
    token.first = first;
    token.joined = joined;
    out.push_back(std::move(token));
    first = false;
    joined = true;
  }
  return out;
}

/// "managing", "managed", "plans", "shipped" of a verb's base form.
bool is_form_of(std::string_view word, std::string_view verb) {
  if (word == verb)
    return true;
  std::string stem{verb};
  bool ends_e = stem.back() == 'e';
  bool ends_y = stem.back() == 'y';
  for (std::string_view ending : {"s", "es", "d", "ed", "ing", "er"}) {
    if (word == stem + std::string{ending} || word == stem + stem.back() + std::string{ending})
      return true;
    auto shorter = stem.substr(0, stem.size() - 1);
    if (ends_e && word == shorter + std::string{ending})
      return true;
    if (ends_y && word == shorter + "i" + std::string{ending})
      return true;
  }
  return false;
}

bool opens_lines(std::string_view plain) {
  return among(opening_words, plain) || among(letter_words, plain) ||
         std::any_of(opening_verbs.begin(), opening_verbs.end(),
                     [&](auto verb) { return is_form_of(plain, verb); });
}

bool is_month(std::string_view plain) {
  constexpr std::array<std::string_view, 12> months{
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
  return among(months, plain);
}

bool is_legal_form(const Token& token) {
  constexpr std::array<std::string_view, 16> forms{"gmbh", "ag",  "se",  "kg",   "kgaa", "ug",
                                                   "inc",  "llc", "ltd", "corp", "plc",  "sa",
                                                   "sarl", "bv",  "nv",  "oy"};
  return token.capital && among(forms, token.plain);
}

bool known_word(const Token& token, const Vocabulary& known) {
  if (known.has(token.plain))
    return true;
  // "CI/CD" came apart already; "Node.js" and "O'Reilly" may be known in parts.
  auto parts = plain_words(token.text);
  return parts.size() > 1 &&
         std::all_of(parts.begin(), parts.end(), [&](auto& part) { return known.has(part); });
}

/// Where German puts the names of companies.
bool in_place_of_name(const std::vector<Token>& tokens, std::size_t i) {
  constexpr std::array<std::string_view, 10> before{
    "bei",   "firma",  "konzern", "unternehmen", "arbeitgeber",
    "kunde", "kunden", "startup", "universitat", "hochschule"};
  return (i > 0 && tokens[i].joined && among(before, tokens[i - 1].plain)) ||
         (i + 1 < tokens.size() && tokens[i + 1].joined && is_legal_form(tokens[i + 1]));
}

bool is_figures(const Token& token) {
  return !token.plain.empty() &&
         token.plain.find_first_not_of("0123456789.,+'kmxbn") == std::string::npos &&
         token.plain[0] >= '0' && token.plain[0] <= '9';
}

bool is_name(const std::vector<Token>& tokens, std::size_t i, const Vocabulary& ordinary,
             Capitals capitals) {
  const auto& token = tokens[i];
  if (is_figures(token))
    return false;  // numbers have a check of their own
  if (token.marked)
    return true;
  if (!token.capital)
    return false;
  bool neighbour = (i + 1 < tokens.size() && tokens[i + 1].joined && tokens[i + 1].capital) ||
                   (i > 0 && token.joined && tokens[i - 1].capital && !tokens[i - 1].first);
  if (capitals == Capitals::nouns)
    return in_place_of_name(tokens, i) || (neighbour && !token.first);
  if (!token.first)
    return token.plain != "i" && !is_month(token.plain);
  if (capitals == Capitals::other)
    return neighbour;
  return !opens_lines(token.plain) && !ordinary.has(token.plain);
}

}  // namespace

void Vocabulary::add(std::string_view text) {
  for (auto& word : plain_words(text))
    words_.insert(std::move(word));
  for (auto& token : tokens_of(text))
    words_.insert(std::move(token.plain));
}

void Vocabulary::add_small(std::string_view text) {
  for (auto& token : tokens_of(text))
    if (!token.capital && !token.marked)
      words_.insert(std::move(token.plain));
}

bool Vocabulary::has(std::string_view word) const {
  std::string plain = base_letters(word);
  if (words_.contains(plain))
    return true;
  for (std::string_view ending : {"'s", "\xE2\x80\x99s", "s", "es"})
    if (plain.size() > ending.size() + 1 && plain.ends_with(ending) &&
        words_.contains(plain.substr(0, plain.size() - ending.size())))
      return true;
  return words_.contains(plain + "s");
}

Capitals capitals_of(std::string_view text) {
  constexpr std::array<std::string_view, 20> german{
    "der", "die", "das", "und", "mit", "fur", "von", "bei",   "ein", "eine",
    "im",  "zu",  "auf", "als", "den", "dem", "des", "sowie", "ich", "zur"};
  constexpr std::array<std::string_view, 16> english{"the", "and", "with", "for", "of",   "a",
                                                     "an",  "to",  "by",   "as",  "from", "that",
                                                     "at",  "on",  "is",   "my"};
  constexpr std::array<std::string_view, 18> romance{"le",  "la",  "les",  "de",   "du", "et",
                                                     "en",  "el",  "los",  "del",  "y",  "con",
                                                     "por", "une", "pour", "avec", "il", "di"};
  std::size_t nouns = 0, plain = 0, other = 0;
  for (const auto& word : plain_words(text)) {
    nouns += among(german, word);
    plain += among(english, word);
    other += among(romance, word);
  }
  if (nouns > plain && nouns >= other)
    return Capitals::nouns;
  return other > plain ? Capitals::other : Capitals::english;
}

std::vector<std::string> unknown_names(std::string_view text, const KnownWords& known,
                                       Capitals capitals) {
  auto tokens = tokens_of(text);
  std::vector<std::string> out;
  bool open = false;  // the last name may go on
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    bool unknown =
      is_name(tokens, i, known.ordinary, capitals) && !known_word(tokens[i], known.names);
    if (unknown && open && tokens[i].joined)
      out.back() += " " + tokens[i].text;
    else if (unknown)
      out.push_back(tokens[i].text);
    open = unknown;
  }
  return out;
}

}  // namespace jobraker::workflows
