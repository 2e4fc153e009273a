#include "tools/sandbox/resume_rules.hpp"

#include "messages/json.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using json::Writer;

void write(Writer& out, const std::optional<std::string>& text) {
  if (text)
    out.value(std::string_view{*text});
  else
    out.null();
}

void write(Writer& out, const std::optional<std::int64_t>& number) {
  if (number)
    out.value(*number);
  else
    out.null();
}

void write(Writer& out, const Sourced& sourced) {
  out.begin_object();
  out.member("value", std::string_view{sourced.value})
    .member("evidence", std::string_view{sourced.evidence});
  out.end_object();
}

void write(Writer& out, const std::optional<Sourced>& sourced) {
  if (sourced)
    write(out, *sourced);
  else
    out.null();
}

void write(Writer& out, const std::vector<std::string>& list) {
  out.begin_array();
  for (const auto& item : list)
    out.value(std::string_view{item});
  out.end_array();
}

void write(Writer& out, const std::vector<Sourced>& list) {
  out.begin_array();
  for (const auto& item : list)
    write(out, item);
  out.end_array();
}

template <class T>
void member(Writer& out, std::string_view name, const T& value) {
  out.key(name);
  write(out, value);
}

void write_experience(Writer& out, const std::vector<ReadEmployment>& jobs) {
  out.key("experience").begin_array();
  for (const auto& job : jobs) {
    out.begin_object();
    out.member("title", std::string_view{job.title});
    member(out, "company", job.company);
    out.key("industry").null();
    member(out, "start", job.start);
    member(out, "end", job.end);
    member(out, "description", job.description);
    out.member("evidence", std::string_view{job.evidence});
    out.end_object();
  }
  out.end_array();
}

void write_education(Writer& out, const std::vector<ReadEducation>& list) {
  out.key("education").begin_array();
  for (const auto& item : list) {
    out.begin_object();
    member(out, "degree", item.degree);
    member(out, "institution", item.institution);
    member(out, "graduation_year",
           item.graduation_year ? std::optional<std::int64_t>{*item.graduation_year}
                                : std::nullopt);
    member(out, "coursework", item.coursework);
    out.member("evidence", std::string_view{item.evidence});
    out.end_object();
  }
  out.end_array();
}

void write_preferences(Writer& out, const ReadPreferences& wishes) {
  out.key("preferences").begin_object();
  member(out, "desired_roles", wishes.desired_roles);
  member(out, "preferred_locations", wishes.preferred_locations);
  member(out, "job_types", wishes.job_types);
  out.key("salary");
  if (wishes.salary) {
    out.begin_object();
    member(out, "min", wishes.salary->min);
    member(out, "max", wishes.salary->max);
    member(out, "currency", wishes.salary->currency);
    out.member("evidence", std::string_view{wishes.salary->evidence});
    out.end_object();
  } else {
    out.null();
  }
  member(out, "company_size", wishes.company_size);
  out.end_object();
}

}  // namespace

std::string_view resume_in(std::string_view message) {
  auto begin = message.find("<resume>");
  if (begin == std::string_view::npos)
    return message;
  begin += 8;
  auto end = message.rfind("</resume>");
  return message.substr(begin, end == std::string_view::npos || end < begin ? std::string_view::npos
                                                                            : end - begin);
}

ReadResume read_resume(std::string_view text) {
  ReadResume out;
  auto lines = read_lines(text);
  read_contact(text, lines, out);
  out.experience = read_experience(lines);
  for (auto& job : out.experience)  // page footers repeat the name
    if (out.full_name && job.company == out.full_name->value)
      job.company.reset();
  out.education = read_education(lines);
  out.skills = read_skills(text, lines);
  out.professional_summary = read_summary(lines);
  out.preferences = read_preferences(text, lines);
  if (!out.experience.empty())
    out.career_level = level_of(out.experience.front().title);
  if (out.career_level && text.find(out.career_level->evidence) == std::string_view::npos)
    out.career_level.reset();  // the title's blanks were folded: no words to point at
  out.insights = make_insights(out);
  return out;
}

std::string to_json(const ReadResume& resume) {
  Writer out;
  out.begin_object();
  out.key("personal_info").begin_object();
  member(out, "full_name", resume.full_name);
  member(out, "email", resume.email);
  member(out, "phone", resume.phone);
  member(out, "location", resume.location);
  member(out, "work_authorization", resume.work_authorization);
  out.end_object();
  member(out, "professional_summary", resume.professional_summary);
  member(out, "career_level", resume.career_level);
  out.key("skills").begin_array();
  for (const auto& skill : resume.skills) {
    out.begin_object();
    out.member("name", std::string_view{skill.name})
      .member("category", std::string_view{skill.category});
    out.member("evidence", std::string_view{skill.evidence});
    out.end_object();
  }
  out.end_array();
  write_experience(out, resume.experience);
  write_education(out, resume.education);
  write_preferences(out, resume.preferences);
  out.key("insights").begin_object();
  member(out, "profile_summary", resume.insights.profile_summary);
  member(out, "strengths", resume.insights.strengths);
  member(out, "improvement_areas", resume.insights.improvement_areas);
  member(out, "career_advice", resume.insights.career_advice);
  out.end_object();
  out.end_object();
  return out.text();
}

}  // namespace jobraker::sandbox
