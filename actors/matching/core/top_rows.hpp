#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "actors/matching/core/row_index.hpp"

/// The inside of shortlist.cpp and suited.cpp: the best rows for each of many queries, in either
/// direction.
namespace jobraker::matching {

/// How the scores of a tile are computed: `scores[q * stride + r] = dot(queries[q], rows[r])` for
/// row-major matrices of `folded_dimensions` columns. The seam for other arithmetic (int8 with
/// float re-rank).
using ScoreTile = void (*)(const float* queries, std::size_t query_count, const float* rows,
                           std::size_t row_count, float* scores, std::size_t stride);

/// The BLAS product, one thread a call.
void score_tile_sgemm(const float* queries, std::size_t query_count, const float* rows,
                      std::size_t row_count, float* scores, std::size_t stride);

namespace detail {

/// Queries multiplied at once: enough that packing a block of rows is paid for, and the scores of a
/// tile (2 MB) stay in cache until they are looked through.
inline constexpr std::size_t queries_per_tile = 512;
/// Into how many groups the rows of a block are divided when it is looked through.
inline constexpr std::size_t groups = 64;

/// One row found.
template <class Facts>
struct Hit {
  const Facts* facts = nullptr;  ///< inside the snapshot
  float similarity = 0;
};

/// The k best seen so far. Entries gather unordered up to twice k and are then cut back to k, which
/// costs a fraction of a heap's moves; `threshold` is a lower bound of the k-th best. Equal scores
/// go by id.
template <class Facts>
class Best {
  struct Entry {
    float similarity;
    std::uint32_t row;  // over all blocks: block * rows_per_block + row
  };

  auto before() const noexcept {
    return [this](const Entry& a, const Entry& b) {
      return a.similarity != b.similarity ? a.similarity > b.similarity : facts(a).id < facts(b).id;
    };
  }

  const Facts& facts(const Entry& entry) const noexcept {
    return rows_->blocks[entry.row / rows_per_block]->facts[entry.row % rows_per_block];
  }

public:
  Best(const RowSnapshot<Facts>& rows, std::size_t k)
      : rows_(&rows), k_(std::max<std::size_t>(1, std::min(k, rows.live))) {
    entries_.reserve(2 * k_);
  }

  float threshold() const noexcept { return threshold_; }

  void add(float similarity, std::size_t block, std::size_t row) {
    entries_.push_back({similarity, static_cast<std::uint32_t>(block * rows_per_block + row)});
    if (entries_.size() >= 2 * k_)
      cut_back();
    else if (entries_.size() == k_ && !has_threshold())
      // Not yet the k best, but k: the worst of them is a first bound.
      threshold_ = std::min_element(entries_.begin(), entries_.end(), [](auto& a, auto& b) {
                     return a.similarity < b.similarity;
                   })->similarity;
  }

  bool has_threshold() const noexcept {
    return threshold_ != -std::numeric_limits<float>::infinity();
  }

  /// How many more are needed before there can be a threshold.
  std::size_t missing() const noexcept { return k_ - std::min(k_, entries_.size()); }

  std::vector<Hit<Facts>> take() {
    std::sort(entries_.begin(), entries_.end(), before());
    if (entries_.size() > k_)
      entries_.resize(k_);
    std::vector<Hit<Facts>> out;
    out.reserve(entries_.size());
    for (const auto& entry : entries_)
      out.push_back({&facts(entry), entry.similarity});
    return out;
  }

private:
  void cut_back() {
    auto last = entries_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
    std::nth_element(entries_.begin(), last, entries_.end(), before());
    entries_.resize(k_);
    threshold_ = entries_.back().similarity;
  }

  const RowSnapshot<Facts>* rows_;
  std::size_t k_;
  std::vector<Entry> entries_{};
  float threshold_ = -std::numeric_limits<float>::infinity();
};

/// Visits the rows of [low, high) without a branch on the scores, which no processor could foresee.
template <class Visit>
void each_between(const float* scores, std::size_t rows, float low, float high,
                  const Visit& visit) {
  std::array<std::uint16_t, rows_per_block> found;
  std::size_t count = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    found[count] = static_cast<std::uint16_t>(row);
    count += static_cast<std::size_t>((scores[row] >= low) & (scores[row] < high));
  }
  for (std::size_t i = 0; i < count; ++i)
    visit(found[i]);
}

/// A score that about `wanted` of the rows reach, estimated from a sample.
float about_the_best(const float* scores, std::size_t rows, std::size_t wanted);

/// Looks through one query's scores of one block while fewer than k rows are known: the best band
/// of scores first, then the next, until there are k. `open(row)`: may this row be found?
template <class Facts, class Open>
void collect_first(const float* scores, std::size_t rows, std::size_t block, Best<Facts>& best,
                   const Open& open) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  float high = infinity;
  for (std::size_t wanted = best.missing(); !best.has_threshold() && high != -infinity;
       wanted *= 2) {
    float low = about_the_best(scores, rows, wanted);
    if (low < high)
      each_between(scores, rows, low, high, [&](std::size_t row) {
        if (scores[row] >= best.threshold() && open(row))
          best.add(scores[row], block, row);
      });
    high = std::min(low, high);
  }
}

/// Looks through one query's scores of one block. Rows are looked at in groups of every 64th, each
/// with its maximum, which costs a few vector instructions; only groups that reach the threshold
/// are looked into.
template <class Facts, class Open>
void collect(const float* scores, std::size_t rows, std::size_t block, Best<Facts>& best,
             const Open& open) {
  if (!best.has_threshold())
    return collect_first(scores, rows, block, best, open);
  std::array<float, groups> top;
  top.fill(-std::numeric_limits<float>::infinity());
  std::size_t strip = 0;
  for (; strip + groups <= rows; strip += groups)
    for (std::size_t g = 0; g < groups; ++g)
      top[g] = scores[strip + g] > top[g] ? scores[strip + g] : top[g];
  for (std::size_t g = 0; strip + g < rows; ++g)
    top[g] = std::max(top[g], scores[strip + g]);
  for (std::size_t g = 0; g < groups; ++g)
    if (top[g] >= best.threshold())
      for (std::size_t row = g; row < rows; row += groups)
        if (scores[row] >= best.threshold() && open(row))  // ties at the threshold still count
          best.add(scores[row], block, row);
}

/// Multiplies `queries` (of `folded_dimensions` floats; null: zeros) with all rows, tile by tile.
/// `look(query, block, scores, best)` is called for each query and block, `take(query, best)` when
/// a query has seen all blocks. Memory: under 8 MB, whatever the sizes.
template <class Facts, class Look, class Take>
void each_tile(std::span<const float* const> queries, const RowSnapshot<Facts>& rows, std::size_t k,
               ScoreTile score_tile, const Look& look, const Take& take) {
  auto tile = std::min(queries_per_tile, queries.size());
  std::vector<float> folded(tile * folded_dimensions);
  std::vector<float> scores(tile * rows_per_block);
  std::vector<Best<Facts>> best;
  for (std::size_t begin = 0; begin < queries.size(); begin += tile) {
    auto members = std::min(tile, queries.size() - begin);
    best.clear();
    for (std::size_t m = 0; m < members; ++m) {
      auto* row = folded.data() + m * folded_dimensions;
      if (const auto* query = queries[begin + m])
        std::copy_n(query, folded_dimensions, row);
      else
        std::fill_n(row, folded_dimensions, 0.0f);
      best.emplace_back(rows, k);
    }
    for (std::size_t b = 0; b < rows.blocks.size(); ++b) {
      const auto& block = *rows.blocks[b];
      score_tile(folded.data(), members, block.vectors->row(0), block.facts.size(), scores.data(),
                 rows_per_block);
      for (std::size_t m = 0; m < members; ++m)
        look(begin + m, b, scores.data() + m * rows_per_block, best[m]);
    }
    for (std::size_t m = 0; m < members; ++m)
      take(begin + m, best[m]);
  }
}

}  // namespace detail
}  // namespace jobraker::matching
