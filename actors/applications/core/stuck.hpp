#pragma once

#include <optional>
#include <vector>

#include "actors/applications/core/schedule.hpp"
#include "messages/stuck.hpp"

/// Which applications cannot go on by themselves: the one definition, for the list of the operator
/// and the figures that alerts rest on. Pure.
namespace jobraker::applications {

/// After a status has been unknown for this long nobody expects that it resolves itself; an alert
/// waits as long (docker/prometheus/rules.yml, ApplicationsInDoubt).
inline constexpr Milliseconds in_doubt_after = std::chrono::minutes{10};

/// Whoever looks after applications comes within seconds, or half a minute without a key of
/// Skyvern's; this long after its time nobody has.
inline constexpr Milliseconds overdue_after = std::chrono::minutes{5};

/// A person who was asked for something may need days.
inline constexpr Milliseconds input_after = std::chrono::hours{72};

/// The rules as they are now, the gravest first. What is approved waits for its turn for
/// `give_up(schedule)` at most.
std::vector<StuckRule> stuck_rules(const Schedule& schedule, Time now);

/// The first rule that fits; nothing: it goes on, or has ended.
std::optional<StuckReason> stuck_by(const std::vector<StuckRule>& rules, const StuckFacts& facts);

}  // namespace jobraker::applications
