#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/ids.hpp"
#include "messages/result.hpp"

namespace jobraker {

/// What an account may do.
enum class Role : std::uint8_t { seeker, employer, admin };

/// Who asks. An empty user id is the system itself (a scheduler, a consumer).
struct Principal {
  UserId user{};
  Role role = Role::seeker;
};

/// Identity of one request across HTTP, actors and upstream calls: W3C Trace Context, level 1.
struct Trace {
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> parent_id{};
  bool sampled = true;

  /// A new random trace.
  static Trace fresh();
  /// Reads a `traceparent` header; nullopt when it is not one of version 00-fe.
  static std::optional<Trace> parse(std::string_view traceparent);
  /// The same trace with a new parent id, for a call to somebody else.
  Trace child() const;
  /// 32 hexadecimal digits.
  std::string id() const;
  /// The `traceparent` header.
  std::string header() const;
};

/// What accompanies every request between actors: who, since when traced, until when wanted.
struct Context {
  using Clock = std::chrono::steady_clock;

  Trace trace{};
  Principal principal{};
  Clock::time_point deadline = Clock::time_point::max();

  bool expired(Clock::time_point now = Clock::now()) const noexcept { return now >= deadline; }
  /// Time left, never negative, at most `cap`.
  std::chrono::milliseconds left(std::chrono::milliseconds cap) const noexcept;
  /// A context of the system's own with this much time.
  static Context system(std::chrono::milliseconds budget);
};

/// Whether the caller may touch what belongs to `owner`: the owner and admins may.
Done may_access(const Principal& who, UserId owner);

}  // namespace jobraker
