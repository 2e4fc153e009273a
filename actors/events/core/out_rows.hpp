#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jobraker::events {

/// What became of a row that was given to Kafka.
enum class Fate : std::uint8_t {
  told,
  refused,  ///< a request that held this row will never be accepted
  failed    ///< it is not there, or nobody knows
};

/// What a publisher has to say of its rows, by their sequence numbers.
struct Reported {
  std::vector<std::int64_t> told{};
  std::vector<std::int64_t> refused{};  ///< these themselves will be refused every time
  bool again = false;        ///< nothing more is said: all that is not told is to be told anew
  std::int64_t suspect = 0;  ///< the last row of a refused request; 0: none was
  std::string why{};         ///< of the last one not told
};

/// What one publisher has given out. Once a row has failed, nothing that is reported after it
/// counts: a later event of its key may be there before it, and would not be told a second time in
/// its right place. A request is refused as a whole, so only a row that was alone is known to be
/// the reason. Pure.
class OutRows {
public:
  /// A row is given out: one report() or take_back() will follow.
  void give() { ++open_; }
  /// It was not taken.
  void take_back() { --open_; }

  /// In the order of a partition. Adds to `said`.
  void report(std::int64_t seq, Fate fate, std::string_view why, Reported& said);

  /// Nothing that is still out should be sent any more.
  bool poisoned() const noexcept { return poisoned_; }

private:
  std::size_t open_ = 0;
  bool poisoned_ = false;
};

/// How fast rows may be given out: those up to the last suspect one by one. Pure.
class Pace {
public:
  void suspect(std::int64_t seq) { to_ = seq > to_ ? seq : to_; }
  /// Whether the row may be given out while `open` others are not reported.
  bool allows(std::int64_t seq, std::size_t open) const {
    return open == 0 || (!alone_ && seq > to_);
  }
  void given(std::int64_t seq) { alone_ = seq <= to_; }

private:
  std::int64_t to_ = 0;
  bool alone_ = false;  ///< the row given out last was to be alone
};

}  // namespace jobraker::events
