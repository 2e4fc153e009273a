#include "storage/profiles.hpp"

#include "messages/codec.hpp"

namespace jobraker::storage {
namespace {

#define PROFILE_COLUMNS                                                                            \
  "full_name, email, phone, location, work_authorization, years_of_experience, career_level, "     \
  "professional_summary, programming_languages, frameworks_libraries, tools_platforms, "           \
  "soft_skills, job_titles, companies, industries, experience_descriptions, degrees, "             \
  "institutions, graduation_years, relevant_coursework, desired_roles, preferred_locations, "      \
  "salary_range_min, salary_range_max, salary_currency, job_types, company_size_preference, "      \
  "ai_profile_summary, ai_strengths, ai_improvement_areas, ai_career_advice, evidence, "           \
  "last_resume_upload"

constexpr std::string_view find_profile_sql =
  "SELECT user_id, " PROFILE_COLUMNS ", version, created_at, updated_at "
  "FROM user_profiles WHERE user_id = $1";

constexpr std::string_view list_profiles_sql =
  "SELECT user_id, " PROFILE_COLUMNS ", version, created_at, updated_at "
  "FROM user_profiles WHERE user_id > $1 ORDER BY user_id LIMIT $2";

constexpr std::string_view load_profiles_sql =
  "SELECT user_id, " PROFILE_COLUMNS ", version, created_at, updated_at "
  "FROM user_profiles WHERE user_id = ANY ($1::uuid[])";

#define PROFILE_VALUES                                                                             \
  "$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "   \
  "$22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34"

constexpr std::string_view insert_profile_sql =
  "INSERT INTO user_profiles (user_id, " PROFILE_COLUMNS ", version) "
  "VALUES ($1, " PROFILE_VALUES ", $35::bigint + 1) "
  "ON CONFLICT (user_id) DO NOTHING RETURNING version, created_at, updated_at";

constexpr std::string_view update_profile_sql =
  "UPDATE user_profiles SET (" PROFILE_COLUMNS ") = (" PROFILE_VALUES "), "
  "version = version + 1, updated_at = now() "
  "WHERE user_id = $1 AND version = $35 RETURNING version, created_at, updated_at";

/// One element at a time: lists inside a described type have smaller limits than this one.
std::vector<Evidence> to_evidence(std::string_view text) {
  std::vector<Evidence> list;
  auto document = json::Document::parse(text);
  if (!document)
    throw BadColumn("user_profiles.evidence is not JSON");
  document->root().each_element([&](json::View element) {
    auto evidence = json::decode<Evidence>(element, json::Unknown::ignore);
    if (!evidence)
      throw BadColumn("user_profiles.evidence has an element that is none");
    list.push_back(std::move(*evidence));
  });
  return list;
}

Profile to_profile(const Row& row) {
  Profile profile;
  std::string evidence;
  auto& personal = profile.personal_info;
  auto& summary = profile.summary;
  auto& skills = profile.skills;
  auto& work = profile.experience;
  auto& education = profile.education;
  auto& wishes = profile.preferences;
  auto& ai = profile.ai_insights;
  row.read(profile.user_id, personal.full_name, personal.email, personal.phone, personal.location,
           personal.work_authorization, summary.years_of_experience, summary.career_level,
           summary.professional_summary, skills.programming_languages, skills.frameworks_libraries,
           skills.tools_platforms, skills.soft_skills, work.job_titles, work.companies,
           work.industries, work.experience_descriptions, education.degrees, education.institutions,
           education.graduation_years, education.relevant_coursework, wishes.desired_roles,
           wishes.preferred_locations, wishes.salary_range_min, wishes.salary_range_max,
           wishes.salary_currency, wishes.job_types, wishes.company_size_preference,
           ai.ai_profile_summary, ai.ai_strengths, ai.ai_improvement_areas, ai.ai_career_advice,
           evidence, profile.last_resume_upload, profile.version, profile.created_at,
           profile.updated_at);
  profile.evidence = to_evidence(evidence);
  return profile;
}

Params to_params(const Profile& profile, std::int64_t expected_version) {
  const auto& personal = profile.personal_info;
  const auto& summary = profile.summary;
  const auto& skills = profile.skills;
  const auto& work = profile.experience;
  const auto& education = profile.education;
  const auto& wishes = profile.preferences;
  const auto& ai = profile.ai_insights;
  auto evidence = json::encode(profile.evidence);
  return {profile.user_id,
          personal.full_name,
          personal.email,
          personal.phone,
          personal.location,
          personal.work_authorization,
          summary.years_of_experience,
          summary.career_level,
          summary.professional_summary,
          skills.programming_languages,
          skills.frameworks_libraries,
          skills.tools_platforms,
          skills.soft_skills,
          work.job_titles,
          work.companies,
          work.industries,
          work.experience_descriptions,
          education.degrees,
          education.institutions,
          education.graduation_years,
          education.relevant_coursework,
          wishes.desired_roles,
          wishes.preferred_locations,
          wishes.salary_range_min,
          wishes.salary_range_max,
          wishes.salary_currency,
          wishes.job_types,
          wishes.company_size_preference,
          ai.ai_profile_summary,
          ai.ai_strengths,
          ai.ai_improvement_areas,
          ai.ai_career_advice,
          evidence,
          profile.last_resume_upload,
          expected_version};
}

}  // namespace

task<Result<Profile>> find_profile(Session& session, UserId user) {
  auto rows = co_await session.query(find_profile_sql, {user});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "this person has no profile yet");
  co_return to_profile(rows->front());
}

task<Result<std::vector<Profile>>> load_profiles(Session& session, std::vector<UserId> users) {
  auto rows = co_await session.query(load_profiles_sql, {users});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<Profile> profiles;
  for (auto row : *rows)
    profiles.push_back(to_profile(row));
  co_return profiles;
}

task<Result<Profile>> save_profile(Session& session, Profile profile,
                                   std::int64_t expected_version) {
  auto sql = expected_version == 0 ? insert_profile_sql : update_profile_sql;
  auto rows = co_await session.query(sql, to_params(profile, expected_version));
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::precondition_failed, "the profile has changed since it was read");
  rows->front().read(profile.version, profile.created_at, profile.updated_at);
  co_return profile;
}

task<Result<std::vector<Profile>>> list_profiles(Session& session, std::size_t limit,
                                                 std::optional<UserId> after) {
  auto rows = co_await session.query(list_profiles_sql, {after.value_or(UserId{}), limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<Profile> profiles;
  for (auto row : *rows)
    profiles.push_back(to_profile(row));
  co_return profiles;
}

}  // namespace jobraker::storage
