#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "messages/inspection/alarms.hpp"

namespace jobraker::inspection {

/// From when on something is an alarm, and until when it stays one.
struct AlarmLimits {
  double raise = 0;     ///< an alarm from here on …
  double critical = 0;  ///< … and worse from here on
  double clear = 0;     ///< over below this; lower than `raise`, so that alarms do not flap
  int raise_after = 1;  ///< looks in a row at or above `raise`
  int clear_after = 3;  ///< looks in a row below `clear`
};

/// One for each AlarmKind, in their order.
using AllLimits = std::array<AlarmLimits, std::size(enum_names<AlarmKind>)>;

/// Mailboxes: messages. Handlers: milliseconds. Restart storms: crashes within a minute. Workflows:
/// the time they have stood still, 1 being their limit (stale.hpp).
constexpr AllLimits default_limits{
  AlarmLimits{1000, 10000, 500, 2, 3},
  AlarmLimits{500, 10000, 250, 1, 3},
  AlarmLimits{3, 10, 2, 1, 3},
  AlarmLimits{1, 8, 0.99, 1, 1},
};

/// What one look found at one actor. What is below `clear` need not be told.
struct Conspicuous {
  AlarmKind kind = AlarmKind::long_mailbox;
  std::string path{};
  double value = 0;
  std::string detail{};
};

/// What changed with a look.
struct AlarmNews {
  std::vector<Alarm> raised{};  ///< new, or worse than before
  std::vector<Alarm> over{};
};

/// The alarms that are on, from one look a second. Bounded: beyond `most` the rest is only counted.
class AlarmBook {
public:
  explicit AlarmBook(AllLimits limits = default_limits, std::size_t most = 200)
      : limits_(limits), most_(most) {}

  /// All of one look. An actor is named at most once a kind; the worst counts.
  AlarmNews look(Time now, const std::vector<Conspicuous>& found);

  /// Those that are on, the oldest first.
  std::vector<Alarm> on() const;

  const AlarmLimits& limits(AlarmKind kind) const noexcept {
    return limits_[static_cast<std::size_t>(kind)];
  }
  /// How many there was no room for at the last look.
  std::size_t left_out() const noexcept { return left_out_; }

private:
  using Key = std::pair<AlarmKind, std::string>;
  struct Entry {
    Alarm alarm{};
    bool on = false;
    int above = 0;  ///< looks in a row
    int below = 0;
    std::uint64_t seen = 0;  ///< the last look that named it
    std::uint64_t number = 0;
  };

  void note(Time now, const Conspicuous& what, AlarmNews& news);

  AllLimits limits_;
  std::size_t most_;
  std::map<Key, Entry> entries_{};
  std::uint64_t looks_ = 0;
  std::uint64_t last_number_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace jobraker::inspection
