#pragma once

#include <cstddef>
#include <optional>
#include <vector>

/// Which of many are refused, when a refusal names none of them. Pure.
namespace jobraker::matching {

/// A lot: `[begin, end)` of what there is.
struct Lot {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
  bool operator==(const Lot&) const = default;
};

/// Asks for all of them, lot by lot, and halves a lot that is refused until single ones are left:
/// one among n costs about 2 log2 n more questions.
class Halving {
public:
  /// `count` things, at most `lot_max` (from 1) of them at a time.
  Halving(std::size_t count, std::size_t lot_max);

  /// What to ask for next; the same until it is answered. Nothing: all are known.
  std::optional<Lot> next() const;
  /// All of `next()` were taken.
  void taken();
  /// Something in `next()` was refused. True when it was a single one, which is thereby known.
  bool refused();

private:
  std::vector<Lot> open_;  ///< the next one last
};

}  // namespace jobraker::matching
