#include "actors/llm/core/call_figures.hpp"

#include <algorithm>

namespace jobraker::llm {
namespace {

constexpr std::string_view other = "other";

}  // namespace

void CallSizes::count(double size, const std::array<double, 14>& bounds) noexcept {
  const auto at = std::lower_bound(bounds.begin(), bounds.end(), size);
  ++counts[static_cast<std::size_t>(at - bounds.begin())];
  sum += size;
}

void CallFigures::count(const CallSeen& seen) {
  CallKey key{std::string{seen.operation}, std::string{seen.provider}, std::string{seen.model}};
  std::lock_guard guard{mutex_};
  if (sums_.size() >= keys_max && !sums_.contains(key))
    key = {std::string{other}, std::string{other}, std::string{other}};
  auto& sums = sums_[key];
  sums.kind = seen.kind;
  if (seen.cache_hit) {
    ++sums.cache_hits;
    return;
  }
  auto outcome = seen.outcome;
  if (sums.outcomes.size() >= outcomes_max && !sums.outcomes.contains(outcome))
    outcome = other;
  ++sums.outcomes[std::string{outcome}];
  // Who could not be reached has used none.
  if (seen.tokens_in > 0)
    sums.tokens_in.count(static_cast<double>(seen.tokens_in), call_tokens_bounds);
  if (seen.tokens_out > 0)
    sums.tokens_out.count(static_cast<double>(seen.tokens_out), call_tokens_bounds);
  sums.tokens_cached += static_cast<std::uint64_t>(std::max<std::int64_t>(seen.tokens_cached, 0));
  sums.cost_nano += seen.cost_nano;
  (seen.failed ? sums.seconds_failed : sums.seconds_good).count(seen.seconds, call_seconds_bounds);
  if (seen.first_token_seconds)
    sums.first_token.count(*seen.first_token_seconds, call_seconds_bounds);
  if (seen.outcome != "cancelled")
    reachable_[std::string{seen.provider}] = !seen.failed;
}

std::map<CallKey, CallSums> CallFigures::sums() const {
  std::lock_guard guard{mutex_};
  return sums_;
}

std::map<std::string, bool> CallFigures::reachable() const {
  std::lock_guard guard{mutex_};
  return reachable_;
}

CallFigures& call_figures() {
  static CallFigures figures;
  return figures;
}

}  // namespace jobraker::llm
