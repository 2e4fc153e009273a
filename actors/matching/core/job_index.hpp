#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "actors/matching/core/geography.hpp"
#include "actors/matching/core/vectors.hpp"
#include "messages/jobs.hpp"

namespace jobraker::matching {

/// What the hard filters need to know of a posting; one row beside each vector.
struct JobFacts {
  JobId id{};
  Time posted_at = Time::min();   ///< `Time::min()` when unknown
  Time expires_at = Time::max();  ///< `Time::max()` when it names no deadline
  std::int64_t salary_max = 0;  ///< the most it pays, whole units a year; 0 when unknown or a guess
  Currency currency = 0;
  Country country = 0;
  Workplace workplace = Workplace::unknown;
  Seniority seniority = Seniority::unknown;
  JobStatus status = JobStatus::active;
  bool has_vectors = false;
  bool live = true;  ///< false: the row was removed or replaced and waits to be compacted away
  bool operator==(const JobFacts&) const = default;
};

/// The facts of a posting. An estimated salary counts as unknown: nobody is filtered out by a
/// guess.
JobFacts facts_of(const Job& job);

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
struct JobBlock {
  std::shared_ptr<const VectorBlock> vectors;
  std::vector<JobFacts> facts;
};

/// All jobs at one moment. Immutable; holding one keeps its memory alive and costs the writer
/// nothing.
struct Snapshot {
  std::vector<std::shared_ptr<const JobBlock>> blocks;
  std::size_t jobs = 0;       ///< live rows
  std::uint64_t version = 0;  ///< grows with every change
};

/// The postings in memory, for batches. Any thread may call anything; readers work on snapshots.
/// An update writes a new row and marks the old one dead; a block more than half dead is emptied
/// into the last one, so that memory stays under twice what the live jobs need, plus two blocks.
class JobIndex {
public:
  /// `jobs_max` bounds the memory: 6 KB a job.
  explicit JobIndex(std::size_t jobs_max);

  /// Adds a posting, or replaces what is known of it. Vectors both empty: keeps those it already
  /// has. Errc::invalid for a vector of the wrong size or length, Errc::too_large when the index is
  /// full.
  Done put(const Job& job, const JobVectors& vectors);
  /// The same from facts alone.
  Done put(const JobFacts& facts, const JobVectors& vectors);
  /// Whether there was such a job.
  bool remove(JobId id);
  bool contains(JobId id) const;
  /// Live jobs.
  std::size_t size() const;
  /// Bytes held by vectors and facts of the present state, older snapshots not counted.
  std::size_t bytes() const;
  /// Rewrites the blocks so that no dead row is left.
  void compact();
  /// The present state; cheap, and the same object until the next change.
  std::shared_ptr<const Snapshot> snapshot() const;

private:
  struct Location {
    std::size_t block = 0;
    std::size_t row = 0;
  };
  struct Block {
    std::shared_ptr<VectorBlock> vectors;
    std::shared_ptr<JobBlock> view;  // copied before a change once a snapshot holds it
    std::size_t dead = 0;
    bool published = false;
  };
  JobBlock& writable(Block& block);
  Block& tail_with_room();
  void append(const JobFacts& facts, const float* folded);
  void kill(Location where);
  void empty_block(std::size_t index);
  void changed();

  mutable std::mutex mutex_;
  std::size_t jobs_max_;
  mutable std::vector<Block>
    blocks_;              // emptied ones stay as slots without memory and are used again
  std::size_t tail_ = 0;  // the block that new rows go to
  std::unordered_map<JobId, Location> where_;
  mutable std::shared_ptr<const Snapshot> snapshot_;
  std::uint64_t version_ = 0;
};

}  // namespace jobraker::matching
