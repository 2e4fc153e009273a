#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/matching/core/vectors.hpp"

/// Folded vectors in memory with the facts of whom each belongs to: of postings (job_index.hpp) and
/// of people (people_index.hpp). `Facts` has an `id`, `has_vectors`, and `live`, which is the
/// index's own.
namespace jobraker::matching {

/// Rows in a block: 1024 folded vectors are 6 MB, a few cache-sized panels of the product.
inline constexpr std::size_t rows_per_block = 1024;

/// Up to `rows_per_block` vectors in one piece of memory. A row, once written, never changes, so
/// readers of an older snapshot need no lock while the writer adds rows behind what they see.
class VectorBlock {
public:
  VectorBlock();
  const float* row(std::size_t index) const noexcept {
    return data_.get() + index * folded_dimensions;
  }
  float* row(std::size_t index) noexcept { return data_.get() + index * folded_dimensions; }

private:
  struct Free {
    void operator()(float* memory) const noexcept;
  };
  std::unique_ptr<float[], Free> data_;  // 64-byte aligned
};

/// A block as a reader sees it: `facts.size()` rows.
template <class Facts>
struct RowBlock {
  std::shared_ptr<const VectorBlock> vectors;
  std::vector<Facts> facts;
};

/// All rows at one moment. Immutable; holding one keeps its memory alive and costs the writer
/// nothing.
template <class Facts>
struct RowSnapshot {
  std::vector<std::shared_ptr<const RowBlock<Facts>>> blocks;
  std::size_t live = 0;       ///< rows that count
  std::uint64_t version = 0;  ///< grows with every change
};

/// Rows in memory, for batches. Any thread may call anything; readers work on snapshots. An update
/// writes a new row and marks the old one dead; a block more than half dead is emptied into the
/// last one, so that memory stays under twice what the live rows need, plus two blocks.
template <class Facts>
class RowIndex {
public:
  using IdType = decltype(Facts::id);

  /// `rows_max` bounds the memory: 6 KB a row and the facts. `full` is the error's sentence.
  RowIndex(std::size_t rows_max, std::string full);

  /// Adds a row, or replaces it. An empty `folded` keeps the vectors it already has, if any; a new
  /// row then has none. Errc::too_large when the index is full.
  Done put(Facts facts, std::span<const float> folded);
  /// Whether there was such a row.
  bool remove(const IdType& id);
  bool contains(const IdType& id) const;
  std::optional<Facts> find(const IdType& id) const;
  /// Live rows.
  std::size_t size() const;
  /// Bytes held by vectors and facts of the present state, older snapshots not counted.
  std::size_t bytes() const;
  /// Rewrites the blocks so that no dead row is left.
  void compact();
  /// The present state; cheap, and the same object until the next change.
  std::shared_ptr<const RowSnapshot<Facts>> snapshot() const;

private:
  struct Location {
    std::size_t block = 0;
    std::size_t row = 0;
  };
  struct Block {
    std::shared_ptr<VectorBlock> vectors;
    std::shared_ptr<RowBlock<Facts>> view;  // copied before a change once a snapshot holds it
    std::size_t dead = 0;
    bool published = false;
  };
  RowBlock<Facts>& writable(Block& block);
  Block& tail_with_room();
  void append(const Facts& facts, const float* folded);
  void kill(Location where);
  void empty_block(std::size_t index);
  void changed();

  mutable std::mutex mutex_;
  std::size_t rows_max_;
  std::string full_;
  mutable std::vector<Block>
    blocks_;              // emptied ones stay as slots without memory and are used again
  std::size_t tail_ = 0;  // the block that new rows go to
  std::unordered_map<IdType, Location> where_;
  mutable std::shared_ptr<const RowSnapshot<Facts>> snapshot_;
  std::uint64_t version_ = 0;
};

}  // namespace jobraker::matching
