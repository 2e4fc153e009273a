#pragma once

#include <optional>
#include <vector>

#include "messages/profile.hpp"
#include "storage/session.hpp"

/// One profile per person, saved whole.
namespace jobraker::storage {

/// The person's profile, or Errc::not_found.
task<Result<Profile>> find_profile(Session& session, UserId user);

/// Those of the profiles that exist, in no order.
task<Result<std::vector<Profile>>> load_profiles(Session& session, std::vector<UserId> users);

/// Stores the profile and answers it with its new version and times. `expected_version` is the
/// version the change was based on, 0 when there must be no profile yet; Errc::precondition_failed
/// when the stored one is another. `profile.version`, `created_at` and `updated_at` are ignored.
/// Errc::invalid when there is no account with this id.
task<Result<Profile>> save_profile(Session& session, Profile profile,
                                   std::int64_t expected_version);

/// Up to `limit` profiles with ids above `after`, in order of id: the way through all of them.
task<Result<std::vector<Profile>>> list_profiles(Session& session, std::size_t limit,
                                                 std::optional<UserId> after = std::nullopt);

}  // namespace jobraker::storage
