#include <cstdio>
#include <cstdlib>

#include "tools/sandbox/chat_facts.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::string_view month_names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                            "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::string_view day_names[] = {"sunday",   "monday", "tuesday", "wednesday",
                                          "thursday", "friday", "saturday"};

std::optional<int> number(std::string_view word) {
  std::size_t digits = 0;
  while (digits < word.size() && is_digit(word[digits]))
    ++digits;
  auto tail = word.substr(digits);
  bool fine = digits > 0 && digits <= 4 &&
              (tail.empty() || tail == "st" || tail == "nd" || tail == "rd" || tail == "th");
  return fine ? std::optional{std::atoi(std::string{word.substr(0, digits)}.c_str())}
              : std::nullopt;
}

std::optional<unsigned> month(std::string_view word) {
  static constexpr std::string_view longest[] = {"january",   "february", "march",    "april",
                                                 "may",       "june",     "july",     "august",
                                                 "september", "october",  "november", "december"};
  for (unsigned i = 0; i < 12; ++i)
    if (word == month_names[i] || word == longest[i] || (i == 8 && word == "sept"))
      return i + 1;
  return std::nullopt;
}

sys_days day_of(int year, unsigned month, int day) {
  return sys_days{std::chrono::year{year} / static_cast<int>(month) / day};
}

std::optional<sys_days> named_day(const std::vector<std::string>& list, sys_days today) {
  auto this_year = static_cast<int>(year_month_day{today}.year());
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto m = month(list[i]);
    if (!m)
      continue;
    auto after = i + 1 < list.size() ? number(list[i + 1]) : std::nullopt;
    auto before = i > 0 ? number(list[i - 1]) : std::nullopt;
    auto day = before && *before <= 31 ? before : after && *after <= 31 ? after : std::nullopt;
    if (!day || *day < 1)
      continue;
    auto place = before && *before <= 31 ? i + 1 : i + 2;
    auto year = place < list.size() ? number(list[place]) : std::nullopt;
    if (year && *year >= 2000)
      return day_of(*year, *m, *day);
    auto found = day_of(this_year, *m, *day);
    return found < today ? day_of(this_year + 1, *m, *day) : found;
  }
  return std::nullopt;
}

std::optional<sys_days> relative_day(std::string_view low, sys_days today) {
  if (has_phrase(low, "day after tomorrow"))
    return today + days{2};
  if (has_phrase(low, "tomorrow"))
    return today + days{1};
  if (has_phrase(low, "today"))
    return today;
  auto now = std::chrono::weekday{today}.c_encoding();
  for (unsigned i = 0; i < 7; ++i)
    if (has_phrase(low, day_names[i])) {
      auto ahead = (i + 7 - now) % 7;
      return today + days{ahead == 0 ? 7 : ahead};
    }
  if (has_phrase(low, "next week"))
    return today + days{7};
  return std::nullopt;
}

std::optional<int> clock_time(const std::string& low) {
  for (std::size_t i = 0; i < low.size(); ++i) {
    if (!is_digit(low[i]) || (i > 0 && (is_word_at(low, i - 1) || low[i - 1] == '-' ||
                                        low[i - 1] == '.' || low[i - 1] == ':')))
      continue;
    std::size_t end = i;
    while (end < low.size() && is_digit(low[end]))
      ++end;
    if (end - i > 2)
      continue;
    int hour = std::atoi(low.substr(i, end - i).c_str()), minute = 0;
    bool exact = false;
    if (end + 2 < low.size() && low[end] == ':' && is_digit(low[end + 1]) &&
        is_digit(low[end + 2])) {
      minute = std::atoi(low.substr(end + 1, 2).c_str());
      end += 3;
      exact = true;
    }
    auto rest = trim(std::string_view{low}.substr(end));
    bool pm = rest.starts_with("pm") || rest.starts_with("p.m");
    bool am = rest.starts_with("am") || rest.starts_with("a.m");
    bool at = i >= 3 && low.compare(i - 3, 3, "at ") == 0;
    bool clock = exact || pm || am || rest.starts_with("o'clock") || at;
    if (!clock || hour > 24 || minute > 59)
      continue;
    if (pm && hour < 12)
      hour += 12;
    if (am && hour == 12)
      hour = 0;
    return hour % 24 * 60 + minute;
  }
  return std::nullopt;
}

}  // namespace

std::string WhenFound::date() const {
  if (!day)
    return {};
  year_month_day ymd{*day};
  char out[40];
  std::snprintf(out, sizeof out, "%04d-%02u-%02u", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
  return out;
}

std::string WhenFound::time() const {
  char out[16];
  auto at = minute.value_or(600);
  std::snprintf(out, sizeof out, "%02d:%02d", at / 60 % 24, at % 60);
  return out;
}

std::string WhenFound::date_time() const {
  return day ? date() + "T" + time() + ":00Z" : std::string{};
}

std::optional<sys_days> find_iso_date(std::string_view text) {
  for (std::size_t i = 0; i + 10 <= text.size(); ++i) {
    auto part = text.substr(i, 10);
    bool shape = part[4] == '-' && part[7] == '-' && (i == 0 || !is_word_at(text, i - 1));
    for (std::size_t k = 0; shape && k < 10; ++k)
      shape = k == 4 || k == 7 || is_digit(part[k]);
    if (!shape)
      continue;
    std::string copy{part};
    auto ymd = std::chrono::year{std::atoi(copy.substr(0, 4).c_str())} /
               std::atoi(copy.substr(5, 2).c_str()) / std::atoi(copy.substr(8, 2).c_str());
    if (ymd.ok())
      return sys_days{ymd};
  }
  return std::nullopt;
}

WhenFound find_when(std::string_view text, sys_days today) {
  auto low = lower(text);
  WhenFound out;
  out.day = find_iso_date(low);
  if (!out.day)
    out.day = named_day(words(low), today);
  if (!out.day)
    out.day = relative_day(low, today);
  auto plain = low;
  // The date's own digits are no time of day; RFC 3339's are.
  if (auto t = plain.find('t'); t != std::string::npos)
    for (; t != std::string::npos; t = plain.find('t', t + 1))
      if (t > 0 && t + 1 < plain.size() && is_digit(plain[t - 1]) && is_digit(plain[t + 1]))
        plain[t] = ' ';
  out.minute = clock_time(plain);
  return out;
}

}  // namespace jobraker::sandbox
