#include "actors/matching/core/shortlist.hpp"

#include <algorithm>
#include <bitset>
#include <cblas.h>
#include <limits>

namespace jobraker::matching {
namespace {

/// Users multiplied at once: enough that packing a block of jobs is paid for, and the scores of a
/// tile (2 MB) stay in cache until they are looked through.
constexpr std::size_t users_per_tile = 512;
/// Scores looked at together before any one of them is.
constexpr std::size_t lane = 16;

struct Entry {
  float similarity;
  std::uint32_t row;  // over all blocks: block * rows_per_block + row
};

/// The k best seen so far. Entries gather unordered up to twice k and are then cut back to k, which
/// costs a fraction of a heap's moves; `threshold` is a lower bound of the k-th best.
class Best {
public:
  Best(const Snapshot& jobs, std::size_t k) : jobs_(&jobs), k_(k) {}

  float threshold() const noexcept { return threshold_; }

  void add(float similarity, std::size_t block, std::size_t row) {
    entries_.push_back({similarity, static_cast<std::uint32_t>(block * rows_per_block + row)});
    if (entries_.size() >= 2 * k_)
      cut_back();
  }

  std::vector<Candidate> take() {
    std::vector<Candidate> out;
    out.reserve(entries_.size());
    for (const auto& entry : entries_)
      out.push_back({id(entry), entry.similarity});
    auto end = out.begin() + static_cast<std::ptrdiff_t>(std::min(k_, out.size()));
    std::partial_sort(out.begin(), end, out.end(), better);
    out.erase(end, out.end());
    return out;
  }

private:
  JobId id(const Entry& entry) const noexcept {
    return jobs_->blocks[entry.row / rows_per_block]->facts[entry.row % rows_per_block].id;
  }

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

bool any_reaches(const float* scores, float threshold) noexcept {
  // Written so that it becomes a few vector compares; ties at the threshold still count.
  unsigned hits = 0;
  for (std::size_t i = 0; i < lane; ++i)
    hits |= scores[i] >= threshold ? 1u : 0u;
  return hits != 0;
}

/// Looks through one user's scores of one block. `open(row)`: may this row be shown to them?
template <class Open>
void collect(const float* scores, std::size_t rows, std::size_t block, Best& best,
             const Open& open) {
  auto one = [&](std::size_t row) {
    if (scores[row] >= best.threshold() && open(row))
      best.add(scores[row], block, row);
  };
  std::size_t row = 0;
  for (; row + lane <= rows; row += lane)
    if (any_reaches(scores + row, best.threshold()))
      for (std::size_t i = 0; i < lane; ++i)
        one(row + i);
  for (; row < rows; ++row)
    one(row);
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
