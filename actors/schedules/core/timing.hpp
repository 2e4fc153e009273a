#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "actors/schedules/core/cron.hpp"
#include "messages/time.hpp"

namespace jobraker::schedules {

/// When something is done: by a cron expression in a time zone, or in equal spans.
struct Timing {
  std::string cron_text{};  ///< five fields; empty: by `every`
  Cron cron{};
  std::chrono::seconds every{0};
  std::string zone = "UTC";  ///< IANA name
};

/// Reads a cron expression, a nickname of one, or `@every` with a whole number of `s`, `m`, `h` or
/// `d` (a second to a year). Empty text is no timing: only by hand. Errc::invalid with what is
/// wrong, also for a zone that is not known.
Result<std::optional<Timing>> parse_timing(std::string_view text, std::string_view zone);

/// The first time after `after` at which it is due, the same on every node; nothing when that is
/// more than 45 years away. Equal spans are counted from 1970. A cron expression goes by the
/// clocks of its zone, and where they change, as Vixie cron does: what has `*` as minute or hour
/// runs at every such minute that clocks show, even twice; anything else once: at the first of two
/// equal times, and, when its time is skipped, where the clocks go on.
std::optional<Time> next_after(const Timing& timing, Time after);

}  // namespace jobraker::schedules
