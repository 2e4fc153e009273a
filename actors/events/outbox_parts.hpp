#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "actors/events/core/out_rows.hpp"
#include "actors/events/core/outbox_cursor.hpp"
#include "actors/events/outbox_actor.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"

/// The inside of the outbox actor; not for others.
namespace jobraker::events::outbox {

struct State {
  static inline const char* name = "outbox";
  Services* services = nullptr;
  MakePublisher make;
  std::unique_ptr<Publisher> publisher;
  std::uint64_t publishers = 0;  ///< what an earlier one reports does not count
  std::size_t out = 0;           ///< rows that the publisher has and has not reported
  Pace pace;
  Context::Clock::time_point leads_until{};
  Context::Clock::time_point asked_at{};
  Context::Clock::time_point rest_until{};  ///< after a failure
  std::int64_t failures = 0;                ///< since something was told
  OutboxCursor cursor;
  std::deque<storage::OutboxRow> offered;  ///< read, and not yet taken by the publisher
  std::size_t offered_bytes = 0;           ///< of their data
  std::set<std::int64_t> told;             ///< waiting to be removed
  bool led = false, asking = false, reading = false, removing = false, look_again = false;
  bool stalled = false;  ///< the publisher had no room
  bool waits = false;    ///< for a publisher
  bool finishing = false;
  Context::Clock::time_point wait_until{};  ///< of finishing: for what the publisher still has
  bool leaving = false;                     ///< the lead, as the last thing
  bool left = false;
  std::vector<caf::typed_response_promise<Ok>> finished;

  std::size_t bytes() const noexcept {
    return offered_bytes + offered.size() * sizeof(storage::OutboxRow) +
           told.size() * 5 * sizeof(std::int64_t);
  }

  std::string summary() const {
    return Summary{}
      .with("leading", led)
      .with("out", out)
      .with("offered", offered.size())
      .with("to_remove", told.size())
      .with("failures", failures)
      .with("reading", reading)
      .with("removing", removing)
      .with("stalled", stalled)
      .with("waits_for_publisher", waits)
      .with("finishing", finishing)
      .text();
  }
};

using Self = Shell<State, OutboxActor>;

/// Whatever can be done next.
void go_on(Self* self);

/// Nothing that was given out and is not told counts any more: the rows are read again, in order,
/// and a new publisher tells them, after a rest that grows while nothing succeeds.
void start_over(Self* self, std::string_view why);

/// Reads what is to be told next, unless enough is in hand.
void read(Self* self);

/// Removes what was told.
void remove(Self* self);

/// What will never be accepted becomes dead letters, and is then as good as told.
void set_aside(Self* self, const Reported& said);

}  // namespace jobraker::events::outbox
