#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// How far along a career is; also what a posting asks for.
enum class Seniority : std::uint8_t { unknown, intern, junior, mid, senior, lead, executive };
template <>
inline constexpr std::string_view enum_names<Seniority>[] = {"unknown", "intern", "junior",   "mid",
                                                             "senior",  "lead",   "executive"};

enum class JobType : std::uint8_t {
  full_time,
  part_time,
  contract,
  temporary,
  internship,
  freelance
};
template <>
inline constexpr std::string_view enum_names<JobType>[] = {"full_time", "part_time",  "contract",
                                                           "temporary", "internship", "freelance"};

enum class CompanySize : std::uint8_t { any, startup, small, medium, large };
template <>
inline constexpr std::string_view enum_names<CompanySize>[] = {"any", "startup", "small", "medium",
                                                               "large"};

using Strings = std::vector<std::string>;

struct PersonalInfo {
  static constexpr auto type_name = "PersonalInfo";
  std::optional<std::string> full_name{};
  std::optional<std::string> email{};
  std::optional<std::string> phone{};
  std::optional<std::string> location{};
  std::optional<std::string> work_authorization{};
  bool operator==(const PersonalInfo&) const = default;

  static constexpr auto fields() {
    return std::tuple{
      field("full_name", &PersonalInfo::full_name, {.max_length = 200}),
      field("email", &PersonalInfo::email, {.max_length = 254}),
      field("phone", &PersonalInfo::phone, {.max_length = 40}),
      field("location", &PersonalInfo::location, {.max_length = 200}),
      field("work_authorization", &PersonalInfo::work_authorization, {.max_length = 200})};
  }
};

struct ProfileSummary {
  static constexpr auto type_name = "ProfileSummary";
  std::optional<double>
    years_of_experience{};  ///< computed from the dates of employment, one decimal
  std::optional<Seniority> career_level{};
  std::optional<std::string> professional_summary{};
  bool operator==(const ProfileSummary&) const = default;

  static constexpr auto fields() {
    return std::tuple{
      field("years_of_experience", &ProfileSummary::years_of_experience, {.min = 0, .max = 70}),
      field("career_level", &ProfileSummary::career_level),
      field("professional_summary", &ProfileSummary::professional_summary, {.max_length = 4000})};
  }
};

struct Skills {
  static constexpr auto type_name = "Skills";
  Strings programming_languages{};
  Strings frameworks_libraries{};
  Strings tools_platforms{};
  Strings soft_skills{};
  bool operator==(const Skills&) const = default;

  static constexpr auto fields() {
    constexpr FieldRules rules{.required = false, .max_length = 100, .max_items = 100};
    return std::tuple{field("programming_languages", &Skills::programming_languages, rules),
                      field("frameworks_libraries", &Skills::frameworks_libraries, rules),
                      field("tools_platforms", &Skills::tools_platforms, rules),
                      field("soft_skills", &Skills::soft_skills, rules)};
  }
};

/// Parallel lists, newest employment first. An unknown company is an empty string, so that
/// `job_titles[i]`, `companies[i]` and `experience_descriptions[i]` belong together.
struct Experience {
  static constexpr auto type_name = "Experience";
  Strings job_titles{};
  Strings companies{};
  Strings industries{};
  Strings experience_descriptions{};
  bool operator==(const Experience&) const = default;

  static constexpr auto fields() {
    constexpr FieldRules rules{.required = false, .max_length = 200, .max_items = 60};
    return std::tuple{field("job_titles", &Experience::job_titles, rules),
                      field("companies", &Experience::companies, rules),
                      field("industries", &Experience::industries, rules),
                      field("experience_descriptions", &Experience::experience_descriptions,
                            {.required = false, .max_length = 8000, .max_items = 60})};
  }
};

struct Education {
  static constexpr auto type_name = "Education";
  Strings degrees{};
  Strings institutions{};
  std::vector<int> graduation_years{};
  Strings relevant_coursework{};
  bool operator==(const Education&) const = default;

  static constexpr auto fields() {
    constexpr FieldRules rules{.required = false, .max_length = 300, .max_items = 40};
    return std::tuple{field("degrees", &Education::degrees, rules),
                      field("institutions", &Education::institutions, rules),
                      field("graduation_years", &Education::graduation_years,
                            {.required = false, .max_items = 40, .min = 1930, .max = 2100}),
                      field("relevant_coursework", &Education::relevant_coursework, rules)};
  }
};

struct Preferences {
  static constexpr auto type_name = "Preferences";
  Strings desired_roles{};
  Strings preferred_locations{};  ///< free text such as "Berlin", "Germany", "Remote"
  std::optional<std::int64_t> salary_range_min{};  ///< whole units of `salary_currency` a year
  std::optional<std::int64_t> salary_range_max{};
  std::optional<std::string>
    salary_currency{};  ///< ISO 4217; empty: that of the country of residence
  std::vector<JobType> job_types{};
  std::optional<CompanySize> company_size_preference{};
  bool operator==(const Preferences&) const = default;

  static constexpr auto fields() {
    constexpr FieldRules rules{.required = false, .max_length = 120, .max_items = 30};
    constexpr FieldRules money{.min = 0, .max = 100'000'000};
    return std::tuple{
      field("desired_roles", &Preferences::desired_roles, rules),
      field("preferred_locations", &Preferences::preferred_locations, rules),
      field("salary_range_min", &Preferences::salary_range_min, money),
      field("salary_range_max", &Preferences::salary_range_max, money),
      field("salary_currency", &Preferences::salary_currency, {.max_length = 3, .min_length = 3}),
      field("job_types", &Preferences::job_types, {.required = false, .max_items = 6}),
      field("company_size_preference", &Preferences::company_size_preference)};
  }
};

/// What the model says about the person; opinion, not fact, and so without evidence.
struct AiInsights {
  static constexpr auto type_name = "AiInsights";
  std::optional<std::string> ai_profile_summary{};
  Strings ai_strengths{};
  Strings ai_improvement_areas{};
  std::optional<std::string> ai_career_advice{};
  bool operator==(const AiInsights&) const = default;

  static constexpr auto fields() {
    constexpr FieldRules rules{.required = false, .max_length = 1000, .max_items = 20};
    return std::tuple{
      field("ai_profile_summary", &AiInsights::ai_profile_summary, {.max_length = 4000}),
      field("ai_strengths", &AiInsights::ai_strengths, rules),
      field("ai_improvement_areas", &AiInsights::ai_improvement_areas, rules),
      field("ai_career_advice", &AiInsights::ai_career_advice, {.max_length = 4000})};
  }
};

/// Where in the (cleaned) résumé text a value was read: bytes [begin, end), and the words there.
struct Evidence {
  static constexpr auto type_name = "Evidence";
  std::string pointer;  ///< JSON pointer into the profile, e.g. `/experience/job_titles/0`
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::string quote;
  bool operator==(const Evidence&) const = default;

  static constexpr auto fields() {
    return std::tuple{field("pointer", &Evidence::pointer), field("begin", &Evidence::begin),
                      field("end", &Evidence::end),
                      field("quote", &Evidence::quote, {.max_length = 30000})};
  }
};

/// Everything known about a job seeker; one row of `user_profiles`.
struct Profile {
  static constexpr auto type_name = "Profile";
  UserId user_id{};
  PersonalInfo personal_info{};
  ProfileSummary summary{};
  Skills skills{};
  Experience experience{};
  Education education{};
  Preferences preferences{};
  AiInsights ai_insights{};
  std::vector<Evidence> evidence{};
  std::int64_t version = 0;  ///< grows with every write; the ETag
  Time created_at{};
  Time updated_at{};
  std::optional<Time> last_resume_upload{};

  static constexpr auto fields() {
    return std::tuple{field("user_id", &Profile::user_id),
                      field("personal_info", &Profile::personal_info),
                      field("summary", &Profile::summary),
                      field("skills", &Profile::skills),
                      field("experience", &Profile::experience),
                      field("education", &Profile::education),
                      field("preferences", &Profile::preferences),
                      field("ai_insights", &Profile::ai_insights),
                      field("evidence", &Profile::evidence, {.max_items = 5000}),
                      field("version", &Profile::version),
                      field("created_at", &Profile::created_at),
                      field("updated_at", &Profile::updated_at),
                      field("last_resume_upload", &Profile::last_resume_upload)};
  }
};

}  // namespace jobraker
