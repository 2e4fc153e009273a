#pragma once

#include <optional>
#include <string_view>

#include "messages/time.hpp"

namespace jobraker {

/// A moment as feeds and postings write it: RFC 3339 (also without zone, seconds or separators),
/// RFC 822/1123 with named or numeric zones and two-digit years, asctime, `26 January 2004, 18:00`,
/// `January 26, 2004`, `26.01.2004`, `26/01/2004` (day first unless that is impossible), W3CDTF
/// months and years, seconds and milliseconds since 1970. No zone: UTC. Nothing outside 1970–2200.
std::optional<Time> parse_date(std::string_view text);

}  // namespace jobraker
