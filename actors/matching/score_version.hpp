#pragma once

#include <string>

#include "actors/system/services.hpp"

namespace jobraker {

/// Under which version a person's pairs are judged, and what that version stands for.
struct ScoreVersion {
  std::int64_t number = 1;
  std::string basis{};  ///< hash of all that a judgement depends on
  bool known = false;   ///< the last run was under it
};

/// Everything of the profile and the settings that a score depends on, as a hash. A new telephone
/// number does not change it; a new skill does.
std::string scoring_basis(const Profile& profile, const Config& config);

/// The version for the person's next run: that of the last one when nothing has changed since that
/// matters, else the next number. A pair is judged once a version.
task<Result<ScoreVersion>> score_version(Services& services, const Profile& profile);

/// The batch's parameters as they are stored: the request and the basis.
std::string run_params(const ScoreJobs& request, const std::string& basis);

}  // namespace jobraker
