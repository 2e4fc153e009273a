#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "messages/time.hpp"

/// Figures as people read them.
namespace jobraker::ctl {

/// Microseconds: `740 µs`, `1.2 ms`, `34 ms`, `5.6 s`, `3m07s`, `2h05m`, `4d11h`. Negative: with a
/// minus.
std::string duration(std::int64_t micros);

/// `1204`, `99999`, from there three digits: `123k`, `4.56M`, `7.89G`.
std::string count(std::int64_t number);

/// At most three digits and a unit of thousand: `0.25`, `3.1`, `12`, `1.20k`.
std::string decimal(double number);

/// Bytes in units of 1024: `640 B`, `4.1 KiB`, `23 MiB`. Negative: with a minus.
std::string bytes(std::int64_t number);

/// Dollars: `$1.20`; below ten cents as many digits as say something: `$0.0042`. Negative:
/// `-$1.20`.
std::string usd(double dollars);

/// `2026-11-20 09:30:05`, UTC.
std::string moment(Time time);

/// How long ago: `12s`, `3m`, `5h`, `6d`; `in 3m` for what is to come, `now` within a second.
std::string ago(Time then, Time now);

/// A time that a person gave: RFC 3339, or how long ago (`90s`, `30m`, `2h`, `7d`). Empty when it
/// is neither; else RFC 3339.
std::string read_moment(std::string_view text, Time now);

}  // namespace jobraker::ctl
