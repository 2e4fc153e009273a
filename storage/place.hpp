#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "messages/ids.hpp"
#include "messages/time.hpp"

namespace jobraker::storage {

/// The place in a list ordered by time and id after which a page begins.
struct Place {
  Time at{};
  Uuid id{};
};

/// The id first, since it has a fixed length: `01890a5d-…-1763719320000000`.
inline std::string to_cursor(const Place& place) {
  return to_string(place.id) + "-" + std::to_string(place.at.time_since_epoch().count());
}

inline std::optional<Place> from_cursor(std::string_view cursor) {
  if (cursor.size() < 38 || cursor[36] != '-')
    return std::nullopt;
  auto id = parse_uuid(cursor.substr(0, 36));
  auto digits = cursor.substr(37);
  std::int64_t micros = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), micros);
  // Later years than 9999 have no RFC 3339 form.
  if (!id || error != std::errc{} || end != digits.data() + digits.size() || micros < 0 ||
      micros > 253'402'300'799'999'999)
    return std::nullopt;
  return Place{Time{std::chrono::microseconds{micros}}, *id};
}

}  // namespace jobraker::storage
