#include "actors/matching/core/shortlist.hpp"

#include <bitset>
#include <cblas.h>

namespace jobraker::matching {
namespace {

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

std::vector<Shortlist> top_k(std::span<const ShortlistUser> users, const Snapshot& jobs,
                             const ShortlistOptions& options) {
  std::vector<Shortlist> out(users.size());
  std::vector<std::size_t> asking;  // as indices into `users`
  std::vector<const float*> queries;
  for (std::size_t i = 0; i < users.size(); ++i) {
    bool known = users[i].folded.size() == folded_dimensions;
    if (!known && !options.count_reasons)
      continue;
    asking.push_back(i);
    queries.push_back(known ? users[i].folded.data() : nullptr);
  }
  auto look = [&](std::size_t query, std::size_t b, const float* scores,
                  detail::Best<JobFacts>& best) {
    const auto& user = users[asking[query]];
    const auto& block = *jobs.blocks[b];
    auto rows = block.facts.size();
    if (options.count_reasons) {
      auto open = open_rows(block, user.filters, out[asking[query]].counts);
      if (options.k > 0 && !user.folded.empty() && open.any())
        detail::collect(scores, rows, b, best, [&](std::size_t row) { return open[row]; });
    } else if (options.k > 0) {
      detail::collect(scores, rows, b, best, [&](std::size_t row) {
        const auto& facts = block.facts[row];
        return facts.live && check(facts, user.filters) == Eligibility::eligible;
      });
    }
  };
  auto take = [&](std::size_t query, detail::Best<JobFacts>& best) {
    for (const auto& hit : best.take())
      out[asking[query]].jobs.push_back({hit.facts->id, hit.similarity});
  };
  detail::each_tile<JobFacts>(queries, jobs, options.k, options.score_tile, look, take);
  return out;
}

std::string prepare_blas() {
  openblas_set_num_threads(1);
  return openblas_get_corename();
}

}  // namespace jobraker::matching
