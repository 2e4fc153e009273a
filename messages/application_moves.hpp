#pragma once

#include <cstdint>

#include "messages/applications.hpp"

/// The legal transitions of an application: the one table, which storage holds every change
/// against.
namespace jobraker {

namespace moves {

/// A set of statuses, a bit each.
using Set = std::uint32_t;

template <class... S>
constexpr Set set(S... statuses) {
  return ((Set{1} << static_cast<unsigned>(statuses)) | ... | Set{0});
}
constexpr bool has(Set statuses, ApplicationStatus status) {
  return (statuses >> static_cast<unsigned>(status) & 1) != 0;
}

using S = ApplicationStatus;

constexpr Set manual = set(S::submitted, S::interviewing, S::offered, S::rejected, S::withdrawn);

/// What an application with this status may become by work in its person's name.
constexpr Set after(ApplicationStatus status) {
  switch (status) {
  case S::draft:
    return set(S::approved, S::withdrawn);
  case S::approved:
    return set(S::draft, S::queued, S::withdrawn);
  case S::queued:  // draft: what was approved has changed
    return set(S::draft, S::submitting, S::failed, S::withdrawn);
  case S::submitting:  // queued: certainly nothing was begun, so it waits for another turn
    return set(S::queued, S::submitted, S::needs_input, S::unknown, S::failed, S::withdrawn);
  case S::needs_input:
    return set(S::approved, S::queued, S::submitting, S::submitted, S::unknown, S::failed,
               S::withdrawn);
  case S::unknown:
    return set(S::queued, S::submitting, S::submitted, S::needs_input, S::failed, S::withdrawn);
  case S::failed:  // submitted: a cancelled run had been faster
    return set(S::approved, S::queued, S::submitted, S::withdrawn);
  case S::submitted:
    return set(S::interviewing, S::offered, S::rejected, S::withdrawn);
  case S::interviewing:
    return set(S::offered, S::rejected, S::withdrawn);
  case S::offered:
    return set(S::rejected, S::withdrawn);
  case S::rejected:
    return set(S::interviewing, S::offered);
  case S::withdrawn:  // draft: nothing was sent; submitted: the cancelled run had been faster
    return set(S::draft, S::submitted);
  }
  return set();
}

}  // namespace moves

/// Whether people may set this status by hand at all: submitted, interviewing, offered, rejected,
/// withdrawn.
constexpr bool is_manual(ApplicationStatus status) noexcept {
  return moves::has(moves::manual, status);
}

/// Whether somebody may move an application from one status to another by hand. Nobody may
/// interfere with one that is just being submitted, and what is withdrawn stays so; a rejection or
/// an offer entered by mistake can be taken back. The same status again is no move.
constexpr bool may_move_by_hand(ApplicationStatus from, ApplicationStatus to) noexcept {
  return from != to && is_manual(to) && from != ApplicationStatus::submitting &&
         from != ApplicationStatus::withdrawn;
}

/// Whether work in the person's name may move it there.
constexpr bool may_move(ApplicationStatus from, ApplicationStatus to) noexcept {
  return from != to && moves::has(moves::after(from), to);
}

}  // namespace jobraker
