#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/interviews.hpp"
#include "messages/result.hpp"

/// What requests say of times, read and checked. Every error is Errc::invalid and names each member
/// that is wrong.
namespace jobraker::interviews {

/// Beginning and end.
struct Span {
  Time starts_at{};
  Time ends_at{};
  bool operator==(const Span&) const = default;
};

/// A zone, if one is named, must be one.
Done check_zone(const std::optional<std::string>& zone);

/// All slots offered; there must be one.
Result<std::vector<Span>> read_spans(const OfferSlots& offer);

/// The time of an interview that is not in a slot: needed then, and refused beside one.
Result<std::optional<Span>> read_span(const ScheduleInterview& wanted);

/// The new time, if there is one: both ends or none.
Result<std::optional<Span>> read_span(const ChangeInterview& change);

}  // namespace jobraker::interviews
