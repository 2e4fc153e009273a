#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "actors/llm/core/moment.hpp"
#include "config/llm_tables.hpp"
#include "messages/result.hpp"

namespace jobraker::llm {

/// The bounds of a queue, and what a priority is worth. One field of each array a priority.
struct QueueRules {
  std::size_t total = 1000;
  std::array<std::size_t, 3> each{1000, 700, 400};  ///< so that persons find room beside a night
  std::size_t per_tenant = 200;                     ///< of one user or company, all priorities
  /// A later call of higher priority overtakes one that has waited less than the difference.
  std::array<std::chrono::milliseconds, 3> handicap{std::chrono::milliseconds{0},
                                                    std::chrono::milliseconds{15'000},
                                                    std::chrono::milliseconds{120'000}};
  /// Calls of one tenant stand this far behind each other, so that somebody else's first call comes
  /// before a busy tenant's tenth.
  std::chrono::milliseconds tenant_step{100};
};

/// One call that waits.
struct QueueItem {
  std::int64_t id = 0;   ///< the caller's, unique among those that wait
  std::string tenant{};  ///< user or company; empty: the system, which `per_tenant` does not bind
  Priority priority = Priority::interactive;
  std::int64_t tokens = 0;  ///< expected, for the limiter
  Moment deadline = Moment::max();
};

/// Who comes next. Every item gets its place on arrival: the time, plus the handicap of its
/// priority, plus a step for each earlier call of the same tenant that waits. Places never change,
/// so an item is overtaken only by what arrives within a bounded time after it: nothing starves.
class CallQueue {
public:
  explicit CallQueue(QueueRules rules = {}) : rules_(rules) {}

  /// Puts an item in. Errc::unavailable when the queue, its priority or its tenant's share is full
  /// (`retry_after`: when there will be room at the present pace), Errc::timed_out when its
  /// deadline has passed, Errc::conflict when the id waits already. Call `expire` before.
  Done push(QueueItem item, Moment now);

  /// The first in line, or null. Valid until the queue changes.
  const QueueItem* front() const;

  /// Takes the first in line out. Nullopt when nobody waits.
  std::optional<QueueItem> pop(Moment now);

  /// Takes out those whose deadline has come, the most overdue first.
  std::vector<QueueItem> expire(Moment now);

  /// Takes one out whose caller has gone; false when it does not wait.
  bool remove(std::int64_t id);

  /// The earliest deadline of those that wait (when to call `expire`).
  std::optional<Moment> next_deadline() const;

  std::size_t size() const noexcept { return places_.size(); }
  std::size_t size(Priority priority) const noexcept {
    return sizes_[static_cast<std::size_t>(priority)];
  }

  /// When there will be room for one more, at the pace of the latest departures: 1 s to 120 s.
  std::chrono::milliseconds wait_estimate() const;

private:
  struct Place {
    Moment rank{};
    std::uint64_t arrival = 0;  ///< first come, first served among equals
    auto operator<=>(const Place&) const = default;
  };
  struct Entry {
    QueueItem item{};
    Place place{};
  };
  struct Tenant {
    std::size_t waiting = 0;
    std::array<Moment, 3> latest{};  ///< rank of its latest item of each priority
  };
  QueueItem take_out(std::map<std::int64_t, Entry>::iterator entry);

  QueueRules rules_{};
  std::map<std::int64_t, Entry> entries_{};
  std::map<Place, std::int64_t> places_{};
  std::set<std::pair<Moment, std::int64_t>> deadlines_{};
  std::map<std::string, Tenant, std::less<>> tenants_{};
  std::array<std::size_t, 3> sizes_{};
  std::uint64_t arrivals_ = 0;
  std::optional<Moment> departed_{};
  std::chrono::microseconds pace_{100'000};  ///< between departures, a moving average
};

}  // namespace jobraker::llm
