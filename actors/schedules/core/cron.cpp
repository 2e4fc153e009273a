#include "actors/schedules/core/cron.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "actors/schedules/core/cron_field.hpp"

namespace jobraker::schedules {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed",
                                                        "thu", "fri", "sat"};

constexpr std::array<CronField, 5> fields{{{"minute", 0, 59, {}},
                                           {"hour", 0, 23, {}},
                                           {"day of month", 1, 31, {}},
                                           {"month", 1, 12, month_names},
                                           {"day of week", 0, 7, weekday_names}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> nicknames{
  {{"@hourly", "0 * * * *"},
   {"@daily", "0 0 * * *"},
   {"@midnight", "0 0 * * *"},
   {"@weekly", "0 0 * * 0"},
   {"@monthly", "0 0 1 * *"},
   {"@yearly", "0 0 1 1 *"},
   {"@annually", "0 0 1 1 *"}}};

/// The five texts between blanks, or nothing when there are more or fewer.
std::optional<std::array<std::string_view, 5>> five_texts(std::string_view text) {
  std::array<std::string_view, 5> out;
  std::size_t count = 0;
  constexpr std::string_view blanks = " \t";
  for (auto at = text.find_first_not_of(blanks); at != std::string_view::npos;
       at = text.find_first_not_of(blanks, at)) {
    if (count == out.size())
      return std::nullopt;
    auto end = std::min(text.find_first_of(blanks, at), text.size());
    out[count++] = text.substr(at, end - at);
    at = end;
  }
  return count == out.size() ? std::optional{out} : std::nullopt;
}

/// Whether any year has one of these days in one of these months.
bool has_a_day(const Cron& cron) {
  static constexpr std::array<unsigned, 13> most{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (unsigned month = 1; month <= 12; ++month)
    for (unsigned day = 1; cron.months[month] && day <= most[month]; ++day)
      if (cron.days[day])
        return true;
  return false;
}

bool is_day(const Cron& cron, const std::chrono::year_month_day& date,
            const std::chrono::weekday& weekday) {
  if (!cron.months[unsigned{date.month()}])
    return false;
  const bool day = cron.days[unsigned{date.day()}];
  const bool of_week = cron.weekdays[weekday.c_encoding()];
  return cron.both_days ? day && of_week : day || of_week;
}

/// The first minute of a day, from `from` on.
std::optional<minutes> next_of_day(const Cron& cron, minutes from) {
  for (auto at = from; at < days{1};) {
    const auto hour = static_cast<std::size_t>(at / hours{1});
    const auto minute = static_cast<std::size_t>((at % hours{1}).count());
    if (!cron.hours[hour])
      at = hours{hour + 1};
    else if (!cron.minutes[minute])
      at += minutes{1};
    else
      return at;
  }
  return std::nullopt;
}

}  // namespace

std::string_view spelled_out(std::string_view text) {
  for (const auto& [nickname, meaning] : nicknames)
    if (nickname == text)
      return meaning;
  return text;
}

Result<Cron> parse_cron(std::string_view text) {
  const auto texts = five_texts(spelled_out(text));
  if (!texts)
    return fail(Errc::invalid, "a cron expression has five fields: minute, hour, day of month, "
                               "month, day of week");
  std::array<FieldValues, 5> read;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto values = read_field(fields[i], (*texts)[i]);
    if (!values)
      return fail(std::move(values.error()));
    read[i] = *values;
  }
  Cron cron;
  cron.minutes = read[0].mask;
  cron.hours = read[1].mask;
  cron.days = read[2].mask;
  cron.months = read[3].mask;
  cron.weekdays = (read[4].mask | read[4].mask >> 7) & 0x7FU;
  cron.both_days = read[2].star || read[4].star;
  cron.frequent = read[0].star || read[1].star;
  if (cron.both_days && !has_a_day(cron))
    return fail(Errc::invalid, "day of month: no month named has such a day");
  return cron;
}

bool matches(const Cron& cron, WallMinute minute) {
  const auto day = std::chrono::floor<days>(minute);
  const auto of_day = minute - day;
  return is_day(cron, std::chrono::year_month_day{day}, std::chrono::weekday{day}) &&
         next_of_day(cron, of_day) == of_day;
}

std::optional<WallMinute> next_minute(const Cron& cron, WallMinute from, WallMinute until) {
  auto day = std::chrono::floor<days>(from);
  auto of_day = from - day;
  for (; day < until; day += days{1}, of_day = minutes{0}) {
    if (!is_day(cron, std::chrono::year_month_day{day}, std::chrono::weekday{day}))
      continue;
    if (const auto at = next_of_day(cron, of_day))
      return day + *at < until ? std::optional{WallMinute{day + *at}} : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace jobraker::schedules
