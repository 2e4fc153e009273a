#pragma once

#include "actors/profile/core/parse_answer.hpp"
#include "messages/json.hpp"
#include "messages/profile.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// A résumé laid over what is known: a section's value that the résumé states replaces the one
/// there (parallel lists as a whole), what it does not state stays; evidence goes with its value.
/// `updated_at` and `last_resume_upload` become `now`, the version grows by one.
Profile merge(const Profile& current, const ParsedResume& resume, Time now);

/// A PUT of `/profiles/profile/{user_id}`: an object with any of the sections personal_info,
/// summary, skills, experience, education, preferences, ai_insights; in a section each member
/// present replaces, null clears, what is absent stays; a section that is null clears as a whole.
/// Evidence of values overwritten goes. An update that changes nothing leaves version and times
/// alone. Errc::invalid names every problem by its JSON pointer: unknown sections and members with
/// the nearest known name, wrong types, lengths and ranges, salary_range_min above
/// salary_range_max, a currency that is not three capital letters, an ill-formed e-mail address or
/// phone number, entries twice in a list, companies or descriptions without their job title.
Result<Profile> apply_update(const Profile& current, json::View patch, Time now);

}  // namespace jobraker
