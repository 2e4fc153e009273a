#include "actors/workflows/core/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "actors/profile/core/unicode.hpp"

namespace jobraker::workflows {
namespace {

struct Word {
  std::string text{};  ///< lower case, without accents
  std::size_t begin = 0, end = 0;
};

struct Named {
  std::string_view word;
  double value;
};

constexpr Named named_numbers[] = {
  {"two", 2},        {"three", 3},    {"four", 4},      {"five", 5},     {"six", 6},
  {"seven", 7},      {"eight", 8},    {"nine", 9},      {"ten", 10},     {"eleven", 11},
  {"twelve", 12},    {"fifteen", 15}, {"twenty", 20},   {"thirty", 30},  {"forty", 40},
  {"fifty", 50},     {"sixty", 60},   {"seventy", 70},  {"eighty", 80},  {"ninety", 90},
  {"zwei", 2},       {"drei", 3},     {"vier", 4},      {"funf", 5},     {"sechs", 6},
  {"sieben", 7},     {"acht", 8},     {"neun", 9},      {"zehn", 10},    {"elf", 11},
  {"zwolf", 12},     {"zwanzig", 20}, {"dreissig", 30}, {"funfzig", 50}, {"deux", 2},
  {"trois", 3},      {"quatre", 4},   {"cinq", 5},      {"huit", 8},     {"neuf", 9},
  {"dix", 10},       {"onze", 11},    {"douze", 12},    {"vingt", 20},   {"trente", 30},
  {"cinquante", 50}, {"tres", 3},     {"cuatro", 4},    {"cinco", 5},    {"seis", 6},
  {"siete", 7},      {"ocho", 8},     {"nueve", 9},     {"diez", 10},    {"doce", 12},
  {"veinte", 20},    {"treinta", 30}, {"cincuenta", 50}};

constexpr Named magnitudes[] = {
  {"dozen", 12},      {"dozens", 12},     {"dutzend", 12},     {"dutzende", 12},
  {"hundred", 100},   {"hundreds", 100},  {"hundert", 100},    {"hunderte", 100},
  {"centaines", 100}, {"thousand", 1000}, {"thousands", 1000}, {"tausend", 1000},
  {"tausende", 1000}, {"mille", 1000},    {"milliers", 1000},  {"million", 1e6},
  {"millions", 1e6},  {"millionen", 1e6}, {"mio", 1e6},        {"millones", 1e6},
  {"billion", 1e9},   {"billions", 1e9},  {"milliarde", 1e9},  {"milliarden", 1e9},
  {"mrd", 1e9},       {"milliards", 1e9}};

std::optional<double> look_up(const auto& table, std::string_view word) {
  for (const auto& entry : table)
    if (entry.word == word)
      return entry.value;
  return std::nullopt;
}

bool is_percent(std::string_view word) {
  return word == "%" || word == "percent" || word == "pct" || word == "prozent" ||
         word == "pourcent" || word == "percentage";
}

bool is_years(std::string_view word) {
  for (std::string_view unit :
       {"years", "year", "yrs", "yr", "jahre", "jahren", "jahr", "ans", "annees", "anos", "anni"})
    if (word == unit)
      return true;
  return false;
}

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter_byte(char c) {
  auto low = static_cast<char>(c | 0x20);
  return (low >= 'a' && low <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

/// Words and figures of a text. A figure keeps its separators: "200,000", "1.5", "10+".
std::vector<Word> split(std::string_view text) {
  std::vector<Word> out;
  for (std::size_t i = 0; i < text.size();) {
    auto begin = i;
    if (digit(text[i])) {
      while (i < text.size() &&
             (digit(text[i]) || letter_byte(text[i]) || text[i] == '+' || text[i] == '#' ||
              ((text[i] == ',' || text[i] == '.' || text[i] == '\'') && i + 1 < text.size() &&
               digit(text[i + 1]))))
        ++i;
    } else if (letter_byte(text[i])) {
      while (i < text.size() &&
             (letter_byte(text[i]) || digit(text[i]) || text[i] == '+' || text[i] == '#'))
        ++i;
    } else {
      ++i;
      if (text[begin] != '%')
        continue;
    }
    out.push_back({base_letters(text.substr(begin, i - begin)), begin, i});
  }
  return out;
}

/// "200 000": figures in groups of three, one blank between them, are one number.
void join_groups(std::string_view text, std::vector<Word>& words) {
  auto figures = [](const Word& word, std::size_t least) {
    return word.text.size() >= least && word.text.size() <= 3 &&
           std::all_of(word.text.begin(), word.text.end(), digit);
  };
  auto blank = [&](const Word& a, const Word& b) {
    auto gap = text.substr(a.end, b.begin - a.end);
    return gap == " " || gap == "\xC2\xA0" || gap == "\xE2\x80\xAF";
  };
  std::vector<Word> out;
  bool group = false;  // the last word may be gone on with
  for (auto& word : words) {
    if (group && figures(word, 3) && blank(out.back(), word)) {
      out.back().text += word.text;
      out.back().end = word.end;
      continue;
    }
    group = figures(word, 1);
    out.push_back(std::move(word));
  }
  words = std::move(out);
}

/// "200,000", "1.5", "1.000,5": the last separator is the decimal one unless three figures follow
/// it.
std::optional<double> figure(std::string_view text) {
  std::string plain;
  auto last = text.find_last_of(",.'");
  bool decimal =
    last != std::string_view::npos && text.size() - last - 1 != 3 && text[last] != '\'';
  for (std::size_t i = 0; i < text.size(); ++i)
    if (digit(text[i]))
      plain += text[i];
    else if (i == last && decimal)
      plain += '.';
    else if (text[i] != ',' && text[i] != '.' && text[i] != '\'')
      return std::nullopt;
  return plain.empty() ? std::nullopt : std::optional{std::atof(plain.c_str())};
}

/// "200k", "99th", "20+", "2019": what a word with figures says, if it is a number at all.
std::optional<double> number_of(std::string_view word) {
  while (word.ends_with('+'))
    word.remove_suffix(1);
  auto letters = word.find_first_not_of("0123456789,.'");
  if (letters == std::string_view::npos)
    return figure(word);
  auto value = figure(word.substr(0, letters));
  auto tail = word.substr(letters);
  if (!value)
    return std::nullopt;
  if (tail == "k")
    return *value * 1e3;
  if (tail == "m" || tail == "mn" || tail == "mio")
    return *value * 1e6;
  if (tail == "bn" || tail == "b" || tail == "mrd")
    return *value * 1e9;
  if (tail == "x" || tail == "th" || tail == "st" || tail == "nd" || tail == "rd")
    return value;
  return std::nullopt;
}

}  // namespace

std::vector<StatedNumber> numbers_in(std::string_view text) {
  auto words = split(text);
  join_groups(text, words);
  std::vector<StatedNumber> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    StatedNumber n;
    n.begin = words[i].begin;
    auto value = digit(words[i].text.empty() ? ' ' : words[i].text[0])
                   ? number_of(words[i].text)
                   : look_up(named_numbers, words[i].text);
    auto magnitude = value ? std::nullopt : look_up(magnitudes, words[i].text);
    if (!value && !magnitude)
      continue;
    n.value = value.value_or(1) * magnitude.value_or(1);
    if (value && i + 1 < words.size())
      if (auto factor = look_up(magnitudes, words[i + 1].text); factor) {
        n.value *= *factor;
        ++i;
      }
    auto ahead = [&](std::size_t by) {
      return i + by < words.size() ? std::string_view{words[i + by].text} : std::string_view{};
    };
    n.percent =
      is_percent(ahead(1)) || ((ahead(1) == "per" || ahead(1) == "pour") && ahead(2) == "cent");
    n.years = is_years(ahead(1));
    n.end = n.percent ? words[i + 1].end : words[i].end;
    out.push_back(n);
  }
  return out;
}

bool states(const std::vector<StatedNumber>& known, const StatedNumber& claimed) {
  return std::any_of(known.begin(), known.end(), [&](const StatedNumber& n) {
    return std::abs(n.value - claimed.value) <= 1e-9 * std::max(1.0, std::abs(n.value)) &&
           n.percent == claimed.percent;
  });
}

}  // namespace jobraker::workflows
