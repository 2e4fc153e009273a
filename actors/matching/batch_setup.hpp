#pragma once

#include <unordered_map>

#include "actors/matching/core/rubric.hpp"
#include "actors/system/services.hpp"
#include "storage/batches.hpp"

namespace jobraker {

/// All that a run needs before the first model call.
struct BatchInput {
  storage::Batch batch;
  std::shared_ptr<const Profile> profile;
  std::unordered_map<JobId, Job> jobs;
  std::unordered_map<JobId, matching::RubricScore> rubric;
};

/// Loads the batch; when it has no postings yet, finds them: the person's vectors (embedded anew
/// when the profile has changed), shortlist, rubric, and stores them with the batch. Done twice it
/// gives the same batch, so a crash in between costs nothing.
task<Result<BatchInput>> prepare_batch(Services& services, Context context, TaskId id);

}  // namespace jobraker
