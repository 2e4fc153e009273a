#include <array>

#include "tools/sandbox/resume_text.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

struct MonthName {
  std::string_view name;
  int month;
};

// Longer names stand before their short forms.
constexpr MonthName months[] = {
  {"january", 1},   {"janvier", 1},   {"januar", 1},    {"jänner", 1},    {"jan", 1},
  {"february", 2},  {"février", 2},   {"februar", 2},   {"févr", 2},      {"feb", 2},
  {"march", 3},     {"märz", 3},      {"mars", 3},      {"mär", 3},       {"mar", 3},
  {"april", 4},     {"avril", 4},     {"avr", 4},       {"apr", 4},       {"may", 5},
  {"mai", 5},       {"june", 6},      {"juni", 6},      {"juin", 6},      {"jun", 6},
  {"july", 7},      {"juillet", 7},   {"juli", 7},      {"juil", 7},      {"jul", 7},
  {"august", 8},    {"août", 8},      {"aug", 8},       {"september", 9}, {"septembre", 9},
  {"sept", 9},      {"sep", 9},       {"october", 10},  {"octobre", 10},  {"oktober", 10},
  {"oct", 10},      {"okt", 10},      {"november", 11}, {"novembre", 11}, {"nov", 11},
  {"december", 12}, {"décembre", 12}, {"dezember", 12}, {"déc", 12},      {"dez", 12},
  {"dec", 12},
};

constexpr std::string_view seasons[] = {"spring", "summer", "fall", "autumn", "winter"};

constexpr std::string_view now_words[] = {
  "present",     "till date", "till now", "to date",  "date",  "current",
  "currently",   "now",       "today",    "ongoing",  "heute", "aujourd'hui",
  "aujourd’hui", "ce jour",   "jetzt",    "this day",
};

/// A number of exactly `digits` digits at the start; -1 when there is none.
int number_at(std::string_view text, std::size_t digits) {
  if (text.size() < digits || (text.size() > digits && is_digit(text[digits])))
    return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!is_digit(text[i]))
      return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool plausible(int year) { return year >= 1950 && year <= 2100; }

std::size_t blanks(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && (text[n] == ' ' || text[n] == '\t'))
    ++n;
  if (text.substr(n).starts_with("\xC2\xA0"))
    n += 2;
  return n;
}

/// Length of what joins two dates, blanks included; 0 when something else follows.
std::size_t joint_at(std::string_view text) {
  auto n = blanks(text);
  auto rest = text.substr(n);
  static constexpr std::array<std::string_view, 10> joints{
    "–", "—", "--", "-", "−", "‐", "→", "~", "›", "\xC3\xA2\xC2\x80\xC2\x93"};
  for (auto joint : joints)
    if (rest.starts_with(joint))
      return n + joint.size() + blanks(rest.substr(joint.size()));
  auto low = lower(rest.substr(0, 8));
  for (std::string_view word : {"to", "until", "till", "bis", "à", "au", "through"})
    if (low.starts_with(word) && rest.size() > word.size() && rest[word.size()] == ' ')
      return n + word.size() + blanks(rest.substr(word.size()));
  // Private-use dashes of broken PDF fonts: one odd character between blanks.
  if (rest.size() > 3 && static_cast<unsigned char>(rest[0]) == 0xEF)
    return n + 3 + blanks(rest.substr(3));
  return 0;
}

std::size_t now_at(std::string_view text) {
  auto low = lower(text.substr(0, 16));
  for (auto word : now_words)
    if (low.starts_with(word) && (low.size() == word.size() || !is_word_at(low, word.size())))
      return word.size();
  return 0;
}

}  // namespace

std::string Date::iso() const {
  auto text = std::to_string(year);
  if (month == 0)
    return text;
  return text + (month < 10 ? "-0" : "-") + std::to_string(month);
}

std::optional<Date> read_date(std::string_view text, std::size_t& length) {
  auto low = lower(text.substr(0, 24));
  std::string_view rest = low;
  auto year_after = [&](std::size_t at, int month) -> std::optional<Date> {
    auto tail = rest.substr(std::min(at, rest.size()));
    std::size_t skip = 0;
    while (skip < tail.size() && (tail[skip] == '.' || tail[skip] == ',' || tail[skip] == ' ' ||
                                  tail[skip] == '-' || tail[skip] == '/'))
      ++skip;
    // "May 12, 2019": a day in between.
    for (std::size_t digits : {2U, 1U}) {
      if (number_at(tail.substr(skip), digits) > 0 && tail.substr(skip + digits).starts_with(", "))
        skip += digits + 2;
    }
    if (int year = number_at(tail.substr(skip), 4); plausible(year)) {
      length = at + skip + 4;
      return Date{year, month};
    }
    bool quote = skip < tail.size() && tail[skip] == '\'';
    if (auto two = number_at(tail.substr(skip + quote), 2);
        two >= 0 && (quote || skip > 0) && month) {
      length = at + skip + quote + 2;
      return Date{two > 60 ? 1900 + two : 2000 + two, month};
    }
    return std::nullopt;
  };
  for (const auto& [name, month] : months)
    if (rest.starts_with(name) && (rest.size() == name.size() || !is_word_at(rest, name.size()) ||
                                   is_digit(rest[name.size()])))
      return year_after(name.size(), month);
  for (auto season : seasons)
    if (rest.starts_with(season))
      return year_after(season.size(), 0);
  if (int year = number_at(rest, 4); plausible(year)) {
    length = 4;
    if (rest.size() > 6 && (rest[4] == '-' || rest[4] == '/' || rest[4] == '.')) {
      int month = number_at(rest.substr(5), 2);
      if (month >= 1 && month <= 12 && (rest.size() < 8 || rest[7] != '.')) {
        length = 7;
        // A full date: the day is not kept.
        if (rest.size() >= 10 && rest[7] == '-' && number_at(rest.substr(8), 2) > 0)
          length = 10;
        return Date{year, month};
      }
    }
    return Date{year, 0};
  }
  for (std::size_t digits : {2U, 1U}) {
    int first = number_at(rest, digits);
    if (first < 1 || rest.size() <= digits ||
        (rest[digits] != '/' && rest[digits] != '.' && rest[digits] != '-'))
      continue;
    auto tail = rest.substr(digits + 1);
    if (int year = number_at(tail, 4); plausible(year) && first <= 12) {
      length = digits + 5;
      return Date{year, first};
    }
    // dd.mm.yyyy
    if (int month = number_at(tail, 2);
        month >= 1 && month <= 12 && tail.size() >= 7 && tail[2] == rest[digits])
      if (int year = number_at(tail.substr(3), 4); plausible(year)) {
        length = digits + 8;
        return Date{year, month};
      }
  }
  return std::nullopt;
}

std::optional<DateRange> find_range(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if ((i > 0 && is_word_at(line, i - 1)) || !is_word_at(line, i))
      continue;
    auto rest = line.substr(i);
    auto low = lower(rest.substr(0, 8));
    std::size_t prefix = 0;
    for (std::string_view word : {"since ", "seit ", "depuis ", "from "})
      if (low.starts_with(word))
        prefix = word.size();
    std::size_t length = 0;
    auto start = read_date(rest.substr(prefix), length);
    if (!start)
      continue;
    auto used = prefix + length;
    DateRange range{start, std::nullopt, false, i, used};
    auto after = rest.substr(used);
    // "Feb 2018 (2 years) – …" does not occur; a joint must follow at once.
    if (auto joint = joint_at(after)) {
      auto second = after.substr(joint);
      if (auto n = now_at(second)) {
        range.present = true;
        range.length = used + joint + n;
        return range;
      }
      std::size_t end_length = 0;
      if (auto end = read_date(second, end_length); end && end->index() + 11 >= start->index()) {
        range.end = end;
        range.length = used + joint + end_length;
        return range;
      }
      // "2016–19"
      if (start->month == 0)
        if (int two = number_at(second, 2);
            two >= 0 && start->year / 100 * 100 + two >= start->year) {
          range.end = Date{start->year / 100 * 100 + two, 0};
          range.length = used + joint + 2;
          return range;
        }
      // "2021 -" at the end of a line: still running in many layouts, but it does not say so.
    }
    if (prefix > 0 && prefix != 5) {
      range.present = true;
      return range;
    }
    i += used - 1;
  }
  return std::nullopt;
}

std::optional<int> last_year(std::string_view line) {
  std::optional<int> year;
  for (std::size_t i = 0; i + 4 <= line.size(); ++i)
    if ((i == 0 || !is_digit(line[i - 1])))
      if (int value = number_at(line.substr(i), 4); plausible(value))
        year = value;
  return year;
}

}  // namespace jobraker::sandbox
