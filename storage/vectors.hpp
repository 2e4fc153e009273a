#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/matching.hpp"
#include "storage/session.hpp"

/// Embeddings of postings and people, half precision, unit length.
namespace jobraker::storage {

/// Which of a posting's two vectors.
enum class JobVectorKind : std::uint8_t { description, requirements };

/// A posting's vectors with what they were made from.
struct StoredJobVectors {
  JobId job_id{};
  JobVectors vectors{};
};

/// A person's vectors with what they were made from.
struct StoredUserVectors {
  UserId user_id{};
  UserVectors vectors{};
  std::string model{};
  std::string content_hash{};
  Time updated_at{};
};

/// A posting that needs vectors, and the hash of the content they will be made from.
struct JobToEmbed {
  Job job{};
  std::string content_hash{};
};

/// Stores both vectors of a posting; an empty one is stored as missing. `content_hash` is that of
/// the job (JobOrigin), so that a changed posting is embedded again. Errc::invalid when a vector
/// has another length than `embedding_dimensions` or is not of unit norm (within 1 %).
task<Done> save_job_vectors(Session& session, JobId job, JobVectors vectors, std::string model,
                            std::string content_hash);

/// Stores the three vectors of a person, under the same rules.
task<Done> save_user_vectors(Session& session, UserId user, UserVectors vectors, std::string model,
                             std::string content_hash);

/// The person's vectors, or Errc::not_found.
task<Result<StoredUserVectors>> find_user_vectors(Session& session, UserId user);

/// Up to `limit` people's vectors of this model with ids above `after`, in order of id.
task<Result<std::vector<StoredUserVectors>>> load_user_vectors_page(Session& session,
                                                                    std::string model,
                                                                    std::optional<UserId> after,
                                                                    std::size_t limit);

/// The vectors of these people, those that have some of this model; in no order.
task<Result<std::vector<StoredUserVectors>>> load_user_vectors(Session& session, std::string model,
                                                               std::vector<UserId> users);

/// Up to `limit` active postings' vectors of this model with ids above `after`, in order of id; the
/// way to fill memory. 1,000 a page moves about 3 MB.
task<Result<std::vector<StoredJobVectors>>> load_job_vectors_page(Session& session,
                                                                  std::string model,
                                                                  std::optional<JobId> after,
                                                                  std::size_t limit);

/// The vectors of these postings, those that have some of this model; in no order.
task<Result<std::vector<StoredJobVectors>>> load_job_vectors(Session& session, std::string model,
                                                             std::vector<JobId> ids);

/// Whether any of these postings is active and without vectors of this model for its present
/// content.
task<Result<bool>> any_without_vectors(Session& session, std::string model, std::vector<JobId> ids);

/// Up to `limit` active postings without vectors of this model for their present content, newest
/// first; with `since` only among those that changed at or after it, which is cheap whatever the
/// number of postings.
task<Result<std::vector<JobToEmbed>>>
jobs_without_vectors(Session& session, std::string model, std::size_t limit,
                     std::optional<Time> since = std::nullopt);

}  // namespace jobraker::storage
