#include "actors/operation/core/work_figures.hpp"

#include <algorithm>
#include <cmath>

namespace jobraker::operation {

void WorkFigures::resume(std::string_view outcome) {
  std::lock_guard guard{mutex_};
  ++sums_.resumes[std::string{outcome}];
}

void WorkFigures::score(double score) {
  const auto at = static_cast<std::size_t>(std::clamp(std::ceil(score / 10) - 1, 0.0, 9.0));
  std::lock_guard guard{mutex_};
  ++sums_.scores[at];
  sums_.score_sum += score;
}

WorkSums WorkFigures::sums() const {
  std::lock_guard guard{mutex_};
  return sums_;
}

WorkFigures& work_figures() {
  static WorkFigures figures;
  return figures;
}

}  // namespace jobraker::operation
