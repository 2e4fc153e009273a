#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace jobraker::events {

/// What to read from the outbox next: everything above `after`, and these numbers below it.
struct OutboxRead {
  std::int64_t after = 0;
  std::vector<std::int64_t> gaps{};
  std::uint64_t epoch = 0;  ///< of the cursor, since forget_all_but
};

/// What a read found: numbers, rising; all transactions below `xmin` had ended by then, and those
/// from `xmax` on, which is the reader's own, had no id yet.
struct OutboxFound {
  std::vector<std::int64_t> seqs{};
  std::int64_t xmin = 0;
  std::int64_t xmax = 0;
};

/// Where the reader of the outbox is. A sequence number is taken before its transaction commits, so
/// a number may appear below others that were read already, and the next event of its key above
/// them soon after. So a number that is missing is asked for with every read until it appears or
/// every transaction that could own it has ended: a writer gets its transaction id before its
/// numbers, so whoever owns a number below a visible one is below that reader's own id. Pure.
class OutboxCursor {
public:
  explicit OutboxCursor(std::size_t gaps_max = 2000) : gaps_max_(gaps_max) {}

  /// The next read. One read at a time: of an earlier one that failed nothing is expected.
  OutboxRead next();

  /// What it found. Answers which numbers are new; they are in hand from then on. A read from
  /// before forget_all_but tells nothing.
  std::vector<std::int64_t> found(const OutboxRead& read, const OutboxFound& found);

  /// Told and removed, or another node's: they are in hand no more. A read that is out may have
  /// seen them before they went, and finds nothing new in them.
  void removed(const std::vector<std::int64_t>& seqs);

  /// What is in hand may have to be told again (the producer was lost): all but `kept`.
  void forget_all_but(const std::set<std::int64_t>& kept);

  std::size_t in_hand() const noexcept { return in_hand_.size(); }

private:
  struct Begin {
    std::int64_t top = 0;
    std::int64_t xmax = 0;
  };
  void settle(const OutboxFound& found);
  void advance(const OutboxFound& found);

  std::size_t gaps_max_;
  std::uint64_t epoch_ = 0;
  std::int64_t after_ = 0;        ///< everything up to here is in hand, was told, or is in gaps_
  std::optional<Begin> begin_{};  ///< what was found above after_ while not settled
  bool settled_ = false;          ///< what is missing below the last number found is in gaps_
  std::set<std::int64_t> in_hand_{};
  bool reading_ = false;                         ///< a read is out
  std::set<std::int64_t> gone_since_{};          ///< removed while it is
  std::map<std::int64_t, std::int64_t> gaps_{};  ///< number → xmax when it was missed
};

}  // namespace jobraker::events
