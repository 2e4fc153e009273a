#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "actors/inspection/core/rates.hpp"
#include "actors/inspection/core/rows.hpp"
#include "actors/inspection/wall_clock.hpp"
#include "actors/system/registry.hpp"

namespace jobraker::inspection {

/// Sums over all living actors.
struct Totals {
  std::int64_t actors = 0;
  std::int64_t running = 0;
  std::int64_t mailbox = 0;
  std::int64_t messages = 0;
  std::int64_t failures = 0;
  std::int64_t restarts = 0;
  std::uint64_t lately = 0;       ///< messages since the look before
  std::uint64_t busy_lately = 0;  ///< nanoseconds in handlers since the look before
};

/// What one look at all actors found.
struct Scan {
  Totals all{};
  std::vector<Totals> kinds{};  ///< by index in `names`
  std::vector<std::string_view> names{};
  double seconds = 0;  ///< since the look before; 0: there was none
};

/// Reads the cells of all actors: counters that they publish, so nobody is asked and nobody waits.
/// 100,000 actors take some milliseconds (tests/bench/README.md): not on an I/O thread. Any number
/// of threads may use it; they go one after the other.
class Scanner {
public:
  explicit Scanner(const ActorRegistry& registry) : registry_(registry) {}

  /// Looks at everybody; `look` gets each with its rate. It must be quick.
  Scan scan(const std::function<void(const Sample&)>& look);

  /// The paths of those of `ids` that live.
  std::unordered_map<std::uint64_t, std::string>
  paths_of(const std::unordered_set<std::uint64_t>& ids) const;

  /// Forgets the rates when nobody has looked for a while.
  void tidy(std::int64_t now_ns);

private:
  const ActorRegistry& registry_;
  std::mutex mutex_;  ///< of what follows
  Rates rates_{};
};

/// A chosen sample as it is shown.
ActorRow to_row(const Chosen& chosen, const OldestPending& pending, const WallClock& clock);

/// 32 hexadecimal digits; nothing for no trace.
std::optional<std::string> trace_text(const std::array<std::uint8_t, 16>& trace);

}  // namespace jobraker::inspection
