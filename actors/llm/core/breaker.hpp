#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "actors/llm/core/moment.hpp"
#include "messages/enums.hpp"

namespace jobraker::llm {

enum class BreakerState : std::uint8_t { closed, open, half_open };

/// When a breaker opens and for how long.
struct BreakerRules {
  std::chrono::milliseconds window{30'000};    ///< over which the ratio of failures is taken
  std::int64_t calls_min = 10;                 ///< fewer calls in the window prove nothing
  double failure_ratio = 0.5;                  ///< of the calls in the window
  std::int64_t consecutive = 5;                ///< failures in a row, however few calls there were
  std::chrono::milliseconds open_for{10'000};  ///< doubles with every probe that fails …
  std::chrono::milliseconds open_for_max{300'000};   ///< … up to this
  std::chrono::milliseconds quota_open{900'000};     ///< after a quota error
  std::chrono::milliseconds missing_open{3600'000};  ///< after "no such model"
  std::chrono::milliseconds probe_lease{120'000};    ///< a probe that says nothing is lost
};

/// How a call ended, as the breaker sees it.
enum class CallVerdict : std::uint8_t {
  good,
  failed,   ///< error of the server, time-out, broken connection
  quota,    ///< money or quota is used up: repeating is useless
  missing,  ///< no such model
  neutral,  ///< says nothing of the provider: cancelled, our fault, told to wait
};

/// Keeps calls away from a model that does not answer. After a while one probe is let through; its
/// success closes the breaker, its failure opens it for twice as long. What ends later than the
/// state it began in does not count, quota and missing excepted.
class Breaker {
public:
  explicit Breaker(BreakerRules rules = {}) : rules_(rules) {}

  /// Permission for one call, to be given back by `record`; nullopt while open or while the probe
  /// is out.
  std::optional<std::uint64_t> enter(Moment now);

  /// The call with this permission has ended. A permission may be recorded once; a second time and
  /// an unknown one do no harm beyond counting once more.
  void record(std::uint64_t pass, CallVerdict verdict, Moment now);

  BreakerState state(Moment now) const;

  /// Since when it has been in that state; nothing: since it was made.
  std::optional<Moment> since(Moment now) const;

  /// How long until it is worth asking again; zero when `enter` would succeed now.
  std::chrono::milliseconds wait(Moment now) const;

private:
  struct Ended {
    Moment at{};
    bool failed = false;
  };
  void open(std::chrono::milliseconds duration, Moment now);
  void close(Moment now);
  void count(bool failed, Moment now);

  BreakerRules rules_{};
  bool closed_ = true;
  std::uint64_t era_ = 0;  ///< of the state; a permission carries the one it was given in
  std::deque<Ended> ended_{};
  std::int64_t failures_ = 0;  ///< in `ended_`
  std::int64_t in_a_row_ = 0;
  Moment open_until_{};
  std::optional<Moment> changed_{};      ///< when it was opened, or closed again
  std::optional<Moment> probe_until_{};  ///< a probe is out until it ends, at most until this
  std::chrono::milliseconds next_open_{0};
};

}  // namespace jobraker::llm
