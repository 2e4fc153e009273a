#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "net/kafka/offset_window.hpp"
#include "net/kafka/record.hpp"

namespace jobraker::net::kafka {

/// The partitions that a consumer reads, what of them is in somebody's hands, and which of them are
/// to be paused. Pure; not safe for several threads.
class Assignment {
public:
  /// At most `handed_max` records are handed over and unfinished. A partition pauses while it
  /// remembers `window_max`, until half of that: one record that does not finish must not let the
  /// others pile up behind it.
  Assignment(std::size_t handed_max, std::size_t window_max)
      : handed_max_(handed_max), window_max_(window_max) {}

  void add(const TopicPartition& partition);
  /// What was unfinished is forgotten; true when the partition was paused.
  bool remove(const TopicPartition& partition);

  /// A record is handed over: the epoch of its partition, or nothing when it is none of ours.
  std::optional<std::uint64_t> hand(const TopicPartition& partition, std::int64_t offset);
  /// False for records that nobody has in hands (any more).
  bool finish(const TopicPartition& partition, std::int64_t offset);

  struct Position {
    TopicPartition of{};
    std::int64_t offset = 0;
  };
  /// What is to be committed, of the partitions where that has changed.
  std::vector<Position> take_progress();

  /// Whether nothing more may be handed over for now.
  bool full() const noexcept { return unfinished_ >= handed_max_; }
  /// It has been full for long: all partitions pause until half of the records are finished. That
  /// throws away what was fetched ahead, so it is not done for every moment of being full.
  void stall() {
    stalled_ = true;
    due_ = true;
  }
  bool stalled() const noexcept { return stalled_; }

  /// Whether turn() has something to do. Cheap.
  bool turn_due() const noexcept { return due_; }
  struct Turn {
    std::vector<TopicPartition> pause{};
    std::vector<TopicPartition> resume{};
  };
  /// Which partitions are to be paused and which resumed; from now on they count as such.
  Turn turn();

  std::size_t unfinished() const noexcept { return unfinished_; }
  /// All partitions; the offset of the first unfinished record, or -1 before the first one.
  std::vector<Position> positions() const;

private:
  struct Slot {
    OffsetWindow window{};
    std::uint64_t epoch = 0;
    bool full = false;    // its window
    bool paused = false;  // as far as we have said
  };

  std::size_t handed_max_;
  std::size_t window_max_;
  std::map<TopicPartition, Slot> slots_;
  std::size_t unfinished_ = 0;
  std::uint64_t epochs_ = 0;
  bool stalled_ = false;
  bool due_ = false;
};

}  // namespace jobraker::net::kafka
