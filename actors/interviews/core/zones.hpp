#pragma once

#include <string>
#include <string_view>

#include "messages/result.hpp"
#include "messages/time.hpp"

/// Time zones of the IANA database, from the system's own copy of it. An empty name is UTC. All
/// functions may be called from any thread.
namespace jobraker::interviews {

/// Reads every zone, so that nobody waits for files later. Errc::unavailable when the system has no
/// time zone database (Debian: tzdata).
Done prepare_zones();

/// Whether there is a zone of this name, e.g. `Europe/Berlin`. Spelled exactly.
bool is_zone(std::string_view name);

/// A moment as clocks in a zone show it, with their offset: `2026-11-20T10:00:00+01:00`.
std::string local_rfc3339(Time time, std::string_view zone);

/// A span as people say it: `Fri 20 Nov 2026, 10:00 to 10:30 (Europe/Berlin)`.
std::string in_words(Time starts_at, Time ends_at, std::string_view zone);

/// Reads a moment: RFC 3339 with an offset, or without one as clocks in `zone` show it, seconds
/// left out or not (`2026-11-20T10:00`). Errc::invalid, with what is wrong, for anything else, for
/// a time without offset when `zone` is empty, and for one that clocks skip or show twice that day.
Result<Time> read_moment(std::string_view text, std::string_view zone);

}  // namespace jobraker::interviews
