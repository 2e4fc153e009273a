#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/vectors.hpp"

/// Approximate search by HNSW that never comes back short.
namespace jobraker::storage {

/// Which postings may be found; what is empty does not filter. Merged postings never are.
struct NearestFilter {
  std::vector<std::string> countries{};  ///< ISO 3166-1 alpha-2, upper case
  bool or_remote = false;                ///< remote postings pass whatever their country
  std::optional<bool> remote{};          ///< true: remote only; false: everything but
  std::optional<Time> posted_since{};    ///< postings without a date count as posted when stored
  bool active_only = true;
};

/// One posting found, and the inner product of the two unit vectors (their cosine).
struct NearJob {
  JobId id{};
  double similarity = 0;
};

/// The postings nearest to a vector.
struct NearJobs {
  std::vector<NearJob> jobs{};  ///< most similar first
  bool exact = false;           ///< HNSW came back short and the exact search made the list whole
};

/// The `k` (1 to 1,000) postings whose vector of this kind and model is most similar to
/// `embedding`, fewer only when fewer match. Errc::invalid for a bad vector or k.
task<Result<NearJobs>> nearest_jobs(Session& session, Embedding embedding, JobVectorKind kind,
                                    std::string model, NearestFilter filter, std::size_t k);

}  // namespace jobraker::storage
