#include "actors/matching/core/shortlist.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cblas.h>
#include <limits>

namespace jobraker::matching {
namespace {

/// Users multiplied at once: enough that packing a block of jobs is paid for, and the scores of a
/// tile (2 MB) stay in cache until they are looked through.
constexpr std::size_t users_per_tile = 512;
/// Into how many groups the rows of a block are divided when it is looked through.
constexpr std::size_t groups = 64;

struct Entry {
  float similarity;
  std::uint32_t row;  // over all blocks: block * rows_per_block + row
};

/// The k best seen so far. Entries gather unordered up to twice k and are then cut back to k, which
/// costs a fraction of a heap's moves; `threshold` is a lower bound of the k-th best.
class Best {
  auto before() const noexcept {
    return [this](const Entry& a, const Entry& b) {
      return a.similarity != b.similarity ? a.similarity > b.similarity : id(a) < id(b);
    };
  }

  JobId id(const Entry& entry) const noexcept {
    return jobs_->blocks[entry.row / rows_per_block]->facts[entry.row % rows_per_block].id;
  }

public:
  Best(const Snapshot& jobs, std::size_t k)
      : jobs_(&jobs), k_(std::max<std::size_t>(1, std::min(k, jobs.jobs))) {
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

  std::vector<Candidate> take() {
    std::sort(entries_.begin(), entries_.end(), before());
    if (entries_.size() > k_)
      entries_.resize(k_);
    std::vector<Candidate> out;
    out.reserve(entries_.size());
    for (const auto& entry : entries_)
      out.push_back({id(entry), entry.similarity});
    return out;
  }

private:
  void cut_back() {
    auto last = entries_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
    std::nth_element(
      entries_.begin(), last, entries_.end(), [this](const Entry& a, const Entry& b) {
        return a.similarity != b.similarity ? a.similarity > b.similarity : id(a) < id(b);
      });
    entries_.resize(k_);
    threshold_ = entries_.back().similarity;
  }

  const Snapshot* jobs_;
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
float about_the_best(const float* scores, std::size_t rows, std::size_t wanted) {
  constexpr std::size_t size = 128;
  auto target = wanted * size * 5 / (rows * 4) + 2;
  if (rows < 2 * size || target >= size)
    return -std::numeric_limits<float>::infinity();
  std::array<float, size> sample;
  for (std::size_t i = 0; i < size; ++i)
    sample[i] = scores[i * rows / size];
  auto [low, high] = std::minmax_element(sample.begin(), sample.end());
  float from = *low;
  float to = *high;
  for (int step = 0; step < 8; ++step) {
    float middle = from + (to - from) / 2;
    std::uint32_t reach = 0;
    for (float score : sample)
      reach += score >= middle ? 1 : 0;
    (reach >= target ? from : to) = middle;
  }
  return from;
}

/// Looks through one user's scores of one block while fewer than k rows are known: the best band of
/// scores first, then the next, until there are k. `open(row)`: may this row be shown to them?
template <class Open>
void collect_first(const float* scores, std::size_t rows, std::size_t block, Best& best,
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

/// Looks through one user's scores of one block. Rows are looked at in groups of every 64th, each
/// with its maximum, which costs a few vector instructions; only groups that reach the threshold
/// are looked into.
template <class Open>
void collect(const float* scores, std::size_t rows, std::size_t block, Best& best,
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

/// Which rows of a block a person may see, counting the reasons of the others.
std::bitset<rows_per_block> open_rows(const JobBlock& block, const HardFilters& filters,
                                      EligibilityCounts& counts) {
  std::bitset<rows_per_block> open;
  for (std::size_t row = 0; row < block.facts.size(); ++row) {
    if (!block.facts[row].live)
      continue;
    auto reason = check(block.facts[row], filters);
    ++counts[static_cast<std::size_t>(reason)];
    open[row] = reason == Eligibility::eligible;
  }
  return open;
}

}  // namespace

void score_tile_sgemm(const float* users, std::size_t user_count, const float* jobs,
                      std::size_t job_count, float* scores, std::size_t stride) {
  constexpr auto k = static_cast<blasint>(folded_dimensions);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<blasint>(user_count),
              static_cast<blasint>(job_count), k, 1.0f, users, k, jobs, k, 0.0f, scores,
              static_cast<blasint>(stride));
}

std::vector<Shortlist> top_k(std::span<const ShortlistUser> users, const Snapshot& jobs,
                             const ShortlistOptions& options) {
  std::vector<Shortlist> out(users.size());
  auto tile = std::min(users_per_tile, users.size());
  std::vector<float> folded(tile * folded_dimensions);
  std::vector<float> scores(tile * rows_per_block);
  std::vector<std::size_t> members;  // of the tile, as indices into `users`
  std::vector<Best> best;
  for (std::size_t begin = 0; begin < users.size();) {
    members.clear();
    best.clear();
    for (; begin < users.size() && members.size() < tile; ++begin) {
      if (users[begin].folded.size() != folded_dimensions && !options.count_reasons)
        continue;
      auto* row = folded.data() + members.size() * folded_dimensions;
      if (users[begin].folded.size() == folded_dimensions)
        std::copy(users[begin].folded.begin(), users[begin].folded.end(), row);
      else
        std::fill_n(row, folded_dimensions, 0.0f);
      members.push_back(begin);
      best.emplace_back(jobs, options.k);
    }
    for (std::size_t b = 0; b < jobs.blocks.size() && !members.empty(); ++b) {
      const auto& block = *jobs.blocks[b];
      auto rows = block.facts.size();
      options.score_tile(folded.data(), members.size(), block.vectors->row(0), rows, scores.data(),
                         rows_per_block);
      for (std::size_t m = 0; m < members.size(); ++m) {
        const auto& user = users[members[m]];
        const auto* mine = scores.data() + m * rows_per_block;
        if (options.count_reasons) {
          auto open = open_rows(block, user.filters, out[members[m]].counts);
          if (options.k > 0 && !user.folded.empty() && open.any())
            collect(mine, rows, b, best[m], [&](std::size_t row) { return open[row]; });
        } else if (options.k > 0) {
          collect(mine, rows, b, best[m], [&](std::size_t row) {
            const auto& facts = block.facts[row];
            return facts.live && check(facts, user.filters) == Eligibility::eligible;
          });
        }
      }
    }
    for (std::size_t m = 0; m < members.size(); ++m)
      out[members[m]].jobs = best[m].take();
  }
  return out;
}

std::string prepare_blas() {
  openblas_set_num_threads(1);
  return openblas_get_corename();
}

}  // namespace jobraker::matching
