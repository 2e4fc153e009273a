#include "actors/jobs/core/dates.hpp"

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

using namespace std::chrono;

/// A run of digits or of letters, or one other character.
struct Token {
  enum Kind { number, word, mark } kind = mark;
  std::string text;
  long long value = 0;
};

std::vector<Token> tokens_of(std::string_view s) {
  std::vector<Token> out;
  for (std::size_t i = 0; i < s.size() && out.size() < 40;) {
    char c = s[i];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++i;
      continue;
    }
    auto digit = [](char d) { return d >= '0' && d <= '9'; };
    auto letter = [](char d) {
      return (d >= 'a' && d <= 'z') || static_cast<unsigned char>(d) >= 0x80;
    };
    Token token;
    auto begin = i;
    if (digit(c)) {
      while (i < s.size() && digit(s[i]))
        ++i;
      token.kind = Token::number;
      for (char d : s.substr(begin, std::min<std::size_t>(i - begin, 18)))
        token.value = token.value * 10 + (d - '0');
    } else if (letter(c)) {
      while (i < s.size() && letter(s[i]))
        ++i;
      token.kind = Token::word;
    } else {
      ++i;
    }
    token.text = s.substr(begin, i - begin);
    out.push_back(std::move(token));
  }
  return out;
}

int month_of(std::string_view word) {
  constexpr std::array<std::string_view, 12> english{
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
  struct Other {
    std::string_view name;
    int month;
  };
  constexpr Other others[] = {
    {"januar", 1},     {"janvier", 1},   {"enero", 1},    {"februar", 2},   {"février", 2},
    {"febrero", 2},    {"märz", 3},      {"maerz", 3},    {"mrz", 3},       {"mars", 3},
    {"marzo", 3},      {"avril", 4},     {"abril", 4},    {"mai", 5},       {"mayo", 5},
    {"juni", 6},       {"juin", 6},      {"junio", 6},    {"juli", 7},      {"juillet", 7},
    {"julio", 7},      {"août", 8},      {"agosto", 8},   {"septembre", 9}, {"septiembre", 9},
    {"oktober", 10},   {"okt", 10},      {"octobre", 10}, {"octubre", 10},  {"novembre", 11},
    {"noviembre", 11}, {"dezember", 12}, {"dez", 12},     {"décembre", 12}, {"diciembre", 12},
    {"sept", 9}};
  for (const auto& other : others)
    if (other.name == word)
      return other.month;
  if (word.size() < 3)
    return 0;
  for (std::size_t i = 0; i < english.size(); ++i)
    if (english[i].substr(0, word.size()) == word)
      return static_cast<int>(i) + 1;
  return 0;
}

/// Minutes east of UTC of a zone's name (RFC 822 §5.1 and those seen in feeds).
std::optional<int> zone_of(std::string_view word) {
  struct Zone {
    std::string_view name;
    int minutes;
  };
  constexpr Zone zones[] = {
    {"ut", 0},     {"gmt", 0},     {"utc", 0},     {"z", 0},      {"wet", 0},    {"est", -300},
    {"edt", -240}, {"cst", -360},  {"cdt", -300},  {"mst", -420}, {"mdt", -360}, {"pst", -480},
    {"pdt", -420}, {"et", -300},   {"ct", -360},   {"mt", -420},  {"pt", -480},  {"ast", -240},
    {"adt", -180}, {"akst", -540}, {"akdt", -480}, {"hst", -600}, {"nst", -210}, {"bst", 60},
    {"cet", 60},   {"cest", 120},  {"mez", 60},    {"mesz", 120}, {"eet", 120},  {"eest", 180},
    {"west", 60},  {"msk", 180},   {"ist", 330},   {"jst", 540},  {"kst", 540},  {"sgt", 480},
    {"hkt", 480},  {"aest", 600},  {"aedt", 660},  {"acst", 570}, {"awst", 480}, {"nzst", 720},
    {"nzdt", 780}, {"a", -60},     {"n", 60},      {"m", -720},   {"y", 720}};
  for (const auto& zone : zones)
    if (zone.name == word)
      return zone.minutes;
  return std::nullopt;
}

struct Parts {
  long long year = -1, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  int zone = 0;
};

std::optional<Time> made(Parts p) {
  if (p.year < 1970 || p.year > 2200 || p.month < 1 || p.month > 12 || p.hour > 24 ||
      p.minute > 59 || p.second > 60)
    return std::nullopt;
  year_month_day date{year{static_cast<int>(p.year)}, month{static_cast<unsigned>(p.month)},
                      day{static_cast<unsigned>(p.day)}};
  if (!date.ok() || p.day < 1)
    return std::nullopt;
  return Time{sys_days{date}} + hours{p.hour} + minutes{p.minute} +
         seconds{std::min(p.second, 59LL)} - minutes{p.zone};
}

long long full_year(const Token& token) {
  if (token.text.size() > 2)
    return token.value;
  return token.value < 70 ? 2000 + token.value : 1900 + token.value;
}

/// Reads `18:00`, `18:00:30.5`, `6 pm`, and a zone, from token `i` on.
void read_clock(const std::vector<Token>& t, std::size_t i, Parts& p) {
  auto is = [&](std::size_t k, std::string_view s) { return k < t.size() && t[k].text == s; };
  auto number = [&](std::size_t k) { return k < t.size() && t[k].kind == Token::number; };
  while (i < t.size() && !(number(i) && (is(i + 1, ":") || is(i + 1, "am") || is(i + 1, "pm"))))
    ++i;
  if (i >= t.size())
    return;
  p.hour = t[i++].value;
  if (is(i, ":") && number(i + 1)) {
    p.minute = t[i + 1].value;
    i += 2;
    if (is(i, ":") && number(i + 1)) {
      p.second = t[i + 1].value;
      i += 2;
      if ((is(i, ".") || is(i, ",")) && number(i + 1))
        i += 2;
    }
  }
  if (is(i, "am") || is(i, "pm")) {
    if (p.hour <= 12)
      p.hour = p.hour % 12 + (t[i].text == "pm" ? 12 : 0);
    ++i;
  }
  if (i < t.size() && t[i].kind == Token::word) {
    if (auto zone = zone_of(t[i].text)) {
      p.zone = *zone;
      ++i;
    }
  }
  if ((is(i, "+") || is(i, "-")) && number(i + 1)) {
    auto sign = is(i, "+") ? 1 : -1;
    const auto& z = t[i + 1];
    auto minutes_east = z.text.size() > 2 ? z.value / 100 * 60 + z.value % 100 : z.value * 60;
    if (z.text.size() <= 2 && is(i + 2, ":") && number(i + 3))
      minutes_east += t[i + 3].value;
    if (minutes_east <= 14 * 60)
      p.zone = sign * static_cast<int>(minutes_east);
  }
}

/// `2004-01-26`, `2004/1/26`, `20040126`, `2004-01`, `2004`.
std::optional<std::size_t> read_iso(const std::vector<Token>& t, Parts& p) {
  if (t.empty() || t[0].kind != Token::number)
    return std::nullopt;
  if (t[0].text.size() == 8) {
    p.year = t[0].value / 10000, p.month = t[0].value / 100 % 100, p.day = t[0].value % 100;
    return 1;
  }
  if (t[0].text.size() != 4)
    return std::nullopt;
  p.year = t[0].value;
  if (t.size() == 1)
    return 1;
  if ((t[1].text != "-" && t[1].text != "/" && t[1].text != ".") || t.size() < 3 ||
      t[2].kind != Token::number)
    return std::nullopt;
  p.month = t[2].value;
  if (t[2].text.size() == 4) {
    p.month = t[2].value / 100, p.day = t[2].value % 100;
    return 3;
  }
  if (t.size() >= 5 && t[3].text == t[1].text && t[4].kind == Token::number) {
    p.day = t[4].value;
    return 5;
  }
  return 3;
}

/// `26.01.2004`, `26/01/2004`, `1/26/04`.
std::optional<std::size_t> read_numeric(const std::vector<Token>& t, Parts& p) {
  if (t.size() < 5 || t[0].kind != Token::number || t[2].kind != Token::number ||
      t[4].kind != Token::number || t[1].text != t[3].text ||
      (t[1].text != "/" && t[1].text != "." && t[1].text != "-") || t[0].value > 31)
    return std::nullopt;
  p.day = t[0].value, p.month = t[2].value, p.year = full_year(t[4]);
  if (p.month > 12 && p.day <= 12)
    std::swap(p.day, p.month);
  return 5;
}

/// `Mon, 26 Jan 2004`, `26-Jan-04`, `January 26, 2004`, `Mon Jan 26 18:00:00 2004`.
std::optional<std::size_t> read_named(const std::vector<Token>& t, Parts& p) {
  for (std::size_t i = 0; i < t.size(); ++i) {
    auto month = t[i].kind == Token::word ? month_of(t[i].text) : 0;
    if (month == 0)
      continue;
    p.month = month;
    auto skip = [&](std::size_t k) {  // `.`, `,`, `-` and `th`, `of` between the parts
      while (k < t.size() && (t[k].kind == Token::mark || t[k].text == "th" || t[k].text == "st" ||
                              t[k].text == "nd" || t[k].text == "rd" || t[k].text == "de"))
        ++k;
      return k;
    };
    auto before = i;
    while (before > 0 && (t[before - 1].kind == Token::mark || t[before - 1].text.size() == 2) &&
           t[before - 1].kind != Token::number)
      --before;
    auto next = skip(i + 1);
    bool day_first = before > 0 && t[before - 1].kind == Token::number && t[before - 1].value <= 31;
    if (day_first) {
      p.day = t[before - 1].value;
    } else if (next < t.size() && t[next].kind == Token::number && t[next].value <= 31 &&
               t[next].text.size() <= 2) {
      p.day = t[next].value;
      next = skip(next + 1);
    } else if (next < t.size() && t[next].kind == Token::number && t[next].text.size() == 4) {
      p.year = t[next].value;  // `January 2004`
      return next + 1;
    } else {
      continue;
    }
    if (next >= t.size() || t[next].kind != Token::number)
      continue;
    if (next + 1 < t.size() && t[next + 1].text == ":") {  // asctime: the clock before the year
      for (auto k = t.size(); k-- > next;)
        if (t[k].kind == Token::number && t[k].text.size() == 4 &&
            !(k > 0 && (t[k - 1].text == "+" || t[k - 1].text == "-"))) {
          p.year = t[k].value;
          return next;
        }
      continue;
    }
    p.year = full_year(t[next]);
    return next + 1;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Time> parse_date(std::string_view raw) {
  auto s = text::trim(raw);
  if (s.empty() || s.size() > 2000)
    return std::nullopt;
  if (auto exact = parse_rfc3339(s)) {
    if (*exact >= Time{sys_days{year{1970} / 1 / 1}} && *exact < Time{sys_days{year{2201} / 1 / 1}})
      return exact;
    return std::nullopt;
  }
  auto t = tokens_of(text::lower(text::cut(s, 200)));
  if (t.size() == 1 && t[0].kind == Token::number && t[0].text.size() >= 9 &&
      t[0].text.size() <= 13) {
    auto value = t[0].text.size() >= 12 ? t[0].value : t[0].value * 1000;
    Time time{milliseconds{value}};
    if (time < Time{sys_days{year{2201} / 1 / 1}})
      return time;
    return std::nullopt;
  }
  Parts parts;
  auto rest = read_iso(t, parts);
  if (!rest)
    rest = read_numeric(t, parts = {});
  if (!rest)
    rest = read_named(t, parts = {});
  if (!rest)
    return std::nullopt;
  // `20040126t180000` keeps its clock in one token.
  if (*rest + 1 < t.size() && t[*rest].text == "t" && t[*rest + 1].text.size() == 6) {
    auto v = t[*rest + 1].value;
    parts.hour = v / 10000, parts.minute = v / 100 % 100, parts.second = v % 100;
  } else {
    read_clock(t, *rest, parts);
  }
  return made(parts);
}

}  // namespace jobraker
