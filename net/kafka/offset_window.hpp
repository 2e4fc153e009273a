#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace jobraker::net::kafka {

/// Which records of one partition have been handed over and which of them are finished, so that
/// only an offset is committed before which everything is finished. Records finish in any order.
/// Pure; not safe for several threads.
class OffsetWindow {
public:
  /// A record is handed over. Offsets rise, with gaps where a topic was compacted. One that is not
  /// above the last means that the log was cut off behind us: the window forgets what it knew.
  void hand(std::int64_t offset);

  /// A record is finished. False when it is not one that was handed over and is unfinished.
  bool finish(std::int64_t offset);

  /// The offset at which reading would have to go on: that of the first unfinished record, else the
  /// one after the last; nothing before the first record.
  std::optional<std::int64_t> position() const;

  /// What is to be committed, when it has changed since the last call: one past the last record
  /// before which, itself included, all are finished.
  std::optional<std::int64_t> take_progress();

  std::size_t unfinished() const noexcept { return unfinished_; }
  /// How many records are remembered: the first unfinished one and all after it.
  std::size_t size() const noexcept { return records_.size(); }

private:
  struct Entry {
    std::int64_t offset;
    bool finished;
  };

  std::deque<Entry> records_;  // by offset; the first is unfinished
  std::size_t unfinished_ = 0;
  std::optional<std::int64_t> after_;  // one past the last record that left at the front
  std::optional<std::int64_t> taken_;
  std::optional<std::int64_t> last_;  // handed over
};

}  // namespace jobraker::net::kafka
