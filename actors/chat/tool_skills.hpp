#pragma once

#include <optional>
#include <string>

#include "actors/system/services.hpp"
#include "messages/task.hpp"

namespace jobraker::chat {

/// What a person lacks for one posting, or for the postings a role finds: JSON with the skills
/// asked for, how many postings ask for each, and which of them the person has. Without either, the
/// person's own wanted role counts. Errc::unprocessable when there is no role to compare with.
task<Result<std::string>> find_skill_gaps(Services& services, Context context,
                                          std::optional<JobId> job, std::string role);

}  // namespace jobraker::chat
