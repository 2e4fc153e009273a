#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/resume_text.hpp"

/// The sandbox's honest, rule-based reading of a résumé. What the rules do not find stays empty,
/// and every value carries the bytes of the text that state it.
namespace jobraker::sandbox {

/// A value and the words it was read from, a substring of the text.
struct Sourced {
  std::string value;
  std::string evidence;
};

struct ReadSkill {
  std::string name;  ///< as the text spells it
  std::string category;
  std::string evidence;
};

struct ReadEmployment {
  std::string title;
  std::optional<std::string> company;
  std::optional<std::string> start;  ///< YYYY-MM or YYYY
  std::optional<std::string> end;    ///< the same, or `present`
  std::optional<std::string> description;
  std::string evidence;
  int order = 0;  ///< months since year 0 of the end, then of the start: for sorting
};

struct ReadEducation {
  std::optional<std::string> degree;
  std::optional<std::string> institution;
  std::optional<int> graduation_year;
  std::vector<std::string> coursework;
  std::string evidence;
};

struct ReadSalary {
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
  std::optional<std::string> currency;
  std::string evidence;
};

struct ReadPreferences {
  std::vector<Sourced> desired_roles;
  std::vector<Sourced> preferred_locations;
  std::vector<Sourced> job_types;
  std::optional<ReadSalary> salary;
  std::optional<Sourced> company_size;
};

struct ReadInsights {
  std::optional<std::string> profile_summary;
  std::vector<std::string> strengths;
  std::vector<std::string> improvement_areas;
  std::optional<std::string> career_advice;
};

struct ReadResume {
  std::optional<Sourced> full_name, email, phone, location, work_authorization;
  std::optional<Sourced> professional_summary, career_level;
  std::vector<ReadSkill> skills;
  std::vector<ReadEmployment> experience;  ///< newest first
  std::vector<ReadEducation> education;
  ReadPreferences preferences;
  ReadInsights insights;
};

/// Reads a résumé. Deterministic: the same text gives the same answer.
ReadResume read_resume(std::string_view text);

/// The text between the first `<resume>` and the last `</resume>`; all of it without the tags.
std::string_view resume_in(std::string_view message);

/// The answer in the form of the `parse_cv` schema.
std::string to_json(const ReadResume& resume);

// The parts, in files of their own.
void read_contact(std::string_view text, const std::vector<Line>& lines, ReadResume& out);
std::vector<ReadEmployment> read_experience(const std::vector<Line>& lines);
/// The export format "company - X / description - Y" below a line "Title - X".
std::vector<ReadEmployment> exported_entries(const std::vector<Line>& lines);
/// Lines [from, to) as one text of at most 1,190 bytes, without those that are only dates.
std::string description_of(const std::vector<Line>& lines, std::size_t from, std::size_t to);
std::vector<ReadEducation> read_education(const std::vector<Line>& lines);
std::vector<ReadSkill> read_skills(std::string_view text, const std::vector<Line>& lines);
ReadPreferences read_preferences(std::string_view text, const std::vector<Line>& lines);
std::optional<Sourced> read_summary(const std::vector<Line>& lines);
std::optional<Sourced> level_of(std::string_view title);
ReadInsights make_insights(const ReadResume& resume);

/// Whether a phrase looks like a place: "City, ST", "City, Country", or a known country or city.
bool looks_like_place(std::string_view text);
/// A country, or the short form of a state or province.
bool is_region(std::string_view text);

}  // namespace jobraker::sandbox
