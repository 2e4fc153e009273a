#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace jobraker::operation {

/// Scores by tens: up to 10, above 10 up to 20, …
inline constexpr std::size_t score_buckets = 10;

/// What was done for people since the process began.
struct WorkSums {
  /// Résumés that were read, by what became of them: `parsed`, or the code of an error.
  std::map<std::string, std::uint64_t, std::less<>> resumes{};
  /// Pairs of person and posting that a model has judged.
  std::array<std::uint64_t, score_buckets> scores{};
  double score_sum = 0;
};

/// Counts it. From any thread.
class WorkFigures {
public:
  void resume(std::string_view outcome);
  /// 0 to 100.
  void score(double score);
  WorkSums sums() const;

private:
  mutable std::mutex mutex_;
  WorkSums sums_;
};

/// Those of this process.
WorkFigures& work_figures();

}  // namespace jobraker::operation
