#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "messages/time.hpp"
#include "net/http/headers.hpp"

/// What a provider's response headers say about its limits. Absent, unreadable and meaningless
/// values (`-1`, a limit of 0 as Azure sends) are "unknown", never an error.
namespace jobraker::net {

/// One window: its size, what is left of it, and how long until it is full again (not how long to
/// wait for the next call).
struct RateWindow {
  std::optional<std::int64_t> limit{};
  std::optional<std::int64_t> remaining{};
  std::optional<std::chrono::milliseconds> reset{};
  bool operator==(const RateWindow&) const = default;
};

/// The windows of one answer. `tokens` is the tightest of those the provider counts by.
struct RateHeaders {
  RateWindow requests{};
  RateWindow tokens{};
  RateWindow input_tokens{};   ///< Anthropic only
  RateWindow output_tokens{};  ///< Anthropic only
  bool operator==(const RateHeaders&) const = default;
};

/// The one with the least left; by size where that is unknown. Unknown windows lose.
const RateWindow& tighter(const RateWindow& a, const RateWindow& b) noexcept;

/// A positive limit; a remainder of 0 or more, where 0 counts only beside a known limit.
RateWindow rate_window(std::string_view limit, std::string_view remaining,
                       std::optional<std::chrono::milliseconds> reset);

/// Reads a duration as Go prints it (`1h2m3s`, `7.66s`, `20ms`, `0`, units h m s ms us µs ns),
/// rounded up to milliseconds. Nullopt for anything else, a bare number and negative ones included.
std::optional<std::chrono::milliseconds> parse_go_duration(std::string_view text);

/// Reads the three forms of a date in HTTP (RFC 9110 §5.6.7). `now` decides the century of the
/// two-digit form.
std::optional<Time> parse_http_date(std::string_view text, Time now);

/// How long the server asks to wait: `retry-after-ms`, else `retry-after` in seconds (fractions
/// too) or as a date. A date in the past is 0.
std::optional<std::chrono::milliseconds> read_retry_after(const Headers& headers, Time now);

}  // namespace jobraker::net
