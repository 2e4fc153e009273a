#pragma once

#include "actors/profile/core/parse_answer.hpp"
#include "messages/json.hpp"
#include "messages/profile.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// A new résumé in the place of an earlier one. What came from an earlier résumé (it has evidence:
/// single values, entries of lists, employments as whole rows; and the years of experience and the
/// career level, which follow from employments that were read) goes, also where the new one is
/// silent: it may be about another person, and what it left out was left out on purpose. What was
/// typed by hand (no evidence) stays where the new résumé is silent; a value or list that the new
/// one states replaces the one there as a whole, employments and the salary with all their parts.
/// `ai_insights` are the new ones, whole. `evidence` is that of the new résumé and nothing else.
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
