#include "actors/schedules/core/timing.hpp"

#include <charconv>
#include <stdexcept>

#include <date/tz.h>

namespace jobraker::schedules {
namespace {

using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::seconds;

using SysSeconds = std::chrono::sys_seconds;
using WallSeconds = std::chrono::local_seconds;

constexpr std::string_view every_word = "@every";
constexpr seconds every_max = std::chrono::hours{24 * 366};
/// 29 February is up to eight years away, on a given day of the week up to forty.
constexpr std::chrono::years search_max{45};

/// A span of time in which clocks of a zone are ahead of UTC by the same.
struct Stretch {
  SysSeconds begin;
  SysSeconds end;
  seconds ahead;
};

const date::time_zone* find_zone(std::string_view name) {
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

Stretch stretch_at(const date::time_zone& zone, SysSeconds at) {
  const auto info = zone.get_info(date::sys_seconds{at.time_since_epoch()});
  return {SysSeconds{info.begin.time_since_epoch()}, SysSeconds{info.end.time_since_epoch()},
          info.offset};
}

WallSeconds wall(SysSeconds time, seconds ahead) {
  return WallSeconds{time.time_since_epoch() + ahead};
}

SysSeconds utc(WallMinute minute, seconds ahead) {
  return SysSeconds{minute.time_since_epoch() - ahead};
}

WallMinute up(WallSeconds time) { return std::chrono::ceil<minutes>(time); }

/// The first due time of a stretch that is not before `from`. `before`: how far clocks were ahead
/// until it began.
std::optional<SysSeconds> next_in(const Cron& cron, const Stretch& now, seconds before,
                                  SysSeconds from) {
  auto first = up(wall(from, now.ahead));
  const auto end = up(wall(now.end, now.ahead));
  if (!cron.frequent && from == now.begin && before < now.ahead &&
      next_minute(cron, up(wall(now.begin, before)), up(wall(now.begin, now.ahead))))
    return now.begin;  // its time was skipped just now
  if (!cron.frequent && before > now.ahead)
    first = std::max(first, up(wall(now.begin, before)));  // what was shown before counts once
  const auto minute = next_minute(cron, first, end);
  if (!minute)
    return std::nullopt;
  return utc(*minute, now.ahead);
}

std::optional<SysSeconds> next_of_cron(const Timing& timing, SysSeconds after) {
  const auto* zone = find_zone(timing.zone);
  if (zone == nullptr)
    return std::nullopt;
  const auto limit = after + search_max;
  auto from = after + seconds{1};
  auto now = stretch_at(*zone, from);
  while (from < limit) {
    auto here = now;
    here.end = std::min(now.end, limit);
    const bool begun_long_ago = now.begin < SysSeconds{seconds{-62'000'000'000}};
    const auto before =
      begun_long_ago ? now.ahead : stretch_at(*zone, now.begin - seconds{1}).ahead;
    if (auto found = next_in(timing.cron, here, before, from))
      return found;
    if (now.end >= limit)
      return std::nullopt;
    from = now.end;
    now = stretch_at(*zone, from);
  }
  return std::nullopt;
}

Result<seconds> read_span(std::string_view text) {
  const auto wrong = [] {
    return fail(Errc::invalid, "@every needs a whole number of s, m, h or d, as in @every 90s, and "
                               "at most a year");
  };
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end + 1 != text.data() + text.size() || count < 1)
    return wrong();
  const seconds unit{*end == 's'   ? 1
                     : *end == 'm' ? 60
                     : *end == 'h' ? 3600
                     : *end == 'd' ? 86400
                                   : 0};
  if (unit == seconds{0} || count > every_max / unit)
    return wrong();
  return unit * count;
}

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

Result<std::optional<Timing>> parse_timing(std::string_view text, std::string_view zone) {
  text = without_blanks(text);
  if (find_zone(zone) == nullptr)
    return fail(Errc::invalid, "there is no time zone " + std::string{zone});
  if (text.empty())
    return std::optional<Timing>{};
  Timing timing;
  timing.zone = zone;
  if (text.starts_with(every_word)) {
    auto every = read_span(without_blanks(text.substr(every_word.size())));
    if (!every)
      return fail(std::move(every.error()));
    timing.every = *every;
    return std::optional{timing};
  }
  auto cron = parse_cron(text);
  if (!cron)
    return fail(std::move(cron.error()));
  timing.cron = *cron;
  timing.cron_text = spelled_out(text);
  return std::optional{timing};
}

std::optional<Time> next_after(const Timing& timing, Time after) {
  const auto whole = floor<seconds>(after);
  if (timing.cron_text.empty()) {
    if (timing.every <= seconds{0})
      return std::nullopt;
    const auto passed = floor<seconds>(after).time_since_epoch() % timing.every;
    return Time{whole - passed + timing.every};
  }
  const auto next = next_of_cron(timing, whole);
  return next ? std::optional<Time>{*next} : std::nullopt;
}

}  // namespace jobraker::schedules
