#include "storage/applications.hpp"

namespace jobraker::storage {
namespace {

using Status = ApplicationStatus;

/// A set of statuses, a bit each.
using Set = std::uint32_t;

template <class... S>
constexpr Set set(S... statuses) {
  return ((Set{1} << static_cast<unsigned>(statuses)) | ... | Set{0});
}
constexpr bool has(Set statuses, Status status) {
  return (statuses >> static_cast<unsigned>(status) & 1) != 0;
}

constexpr Set manual = set(Status::submitted, Status::interviewing, Status::offered,
                           Status::rejected, Status::withdrawn);

/// What an application with this status may become by work in its person's name.
constexpr Set moves_from(Status status) {
  switch (status) {
  case Status::draft:
    return set(Status::queued, Status::withdrawn);
  case Status::queued:
    return set(Status::draft, Status::submitting, Status::failed, Status::withdrawn);
  case Status::submitting:
    return set(Status::queued, Status::submitted, Status::needs_input, Status::unknown,
               Status::failed);
  case Status::needs_input:
  case Status::unknown:
    return set(Status::queued, Status::submitting, Status::submitted, Status::needs_input,
               Status::failed, Status::withdrawn);
  case Status::failed:
    return set(Status::queued, Status::withdrawn);
  case Status::submitted:
    return set(Status::interviewing, Status::offered, Status::rejected, Status::withdrawn);
  case Status::interviewing:
    return set(Status::offered, Status::rejected, Status::withdrawn);
  case Status::offered:
    return set(Status::rejected, Status::withdrawn);
  case Status::rejected:
    return set(Status::interviewing, Status::offered);
  case Status::withdrawn:
    return set();
  }
  return set();
}

}  // namespace

bool is_manual(ApplicationStatus status) noexcept { return has(manual, status); }

bool may_move_by_hand(ApplicationStatus from, ApplicationStatus to) noexcept {
  return from != to && is_manual(to) && from != Status::submitting && from != Status::withdrawn;
}

bool may_move(ApplicationStatus from, ApplicationStatus to) noexcept {
  return from != to && has(moves_from(from), to);
}

}  // namespace jobraker::storage
