#include "actors/workflows/core/facts.hpp"

#include <algorithm>
#include <map>

#include "actors/skills/skills.hpp"

namespace jobraker::workflows {
namespace {

std::string at(const Strings& list, std::size_t i) { return i < list.size() ? list[i] : ""; }

void add_line(std::string& text, std::string_view line) {
  if (!line.empty())
    text.append(text.empty() ? "" : "\n").append(line);
}

/// The words of the résumé behind each value.
std::map<std::string, const Evidence*, std::less<>> by_pointer(const Profile& profile) {
  std::map<std::string, const Evidence*, std::less<>> out;
  for (const auto& evidence : profile.evidence)
    out.emplace(evidence.pointer, &evidence);
  return out;
}

std::vector<EmploymentFacts> employments_of(const Profile& profile) {
  const auto& e = profile.experience;
  auto quotes = by_pointer(profile);
  auto count =
    std::max({e.job_titles.size(), e.companies.size(), e.experience_descriptions.size()});
  std::vector<EmploymentFacts> out;
  for (std::size_t i = 0; i < count; ++i) {
    auto& facts = out.emplace_back();
    facts.title = at(e.job_titles, i);
    facts.company = at(e.companies, i);
    facts.description = at(e.experience_descriptions, i);
    for (const auto* value : {&facts.title, &facts.company, &facts.description})
      add_line(facts.text, *value);
    std::string before;
    for (const char* list : {"job_titles/", "companies/", "experience_descriptions/"}) {
      auto found = quotes.find("/experience/" + std::string{list} + std::to_string(i));
      if (found == quotes.end() || found->second->quote == before)
        continue;
      before = found->second->quote;
      add_line(facts.text, before);
      if (!facts.dates && list != std::string_view{"experience_descriptions/"})
        facts.dates = find_span(before);
    }
    facts.numbers = numbers_in(facts.text);
  }
  return out;
}

/// Values read from the same words belong together; without such words, lists of one length do.
std::vector<EducationFacts> education_of(const Profile& profile) {
  const auto& e = profile.education;
  auto quotes = by_pointer(profile);
  auto place = [&](const char* list, std::size_t i) -> std::int64_t {
    auto found = quotes.find("/education/" + std::string{list} + "/" + std::to_string(i));
    return found == quotes.end() ? -1 : found->second->begin;
  };
  bool placed = true;
  for (std::size_t i = 0; i < e.degrees.size(); ++i)
    placed = placed && place("degrees", i) >= 0;
  for (std::size_t i = 0; i < e.institutions.size(); ++i)
    placed = placed && place("institutions", i) >= 0;
  for (std::size_t i = 0; i < e.graduation_years.size(); ++i)
    placed = placed && place("graduation_years", i) >= 0;
  std::vector<EducationFacts> out;
  if (!placed) {
    auto rows = std::max({e.degrees.size(), e.institutions.size(), e.graduation_years.size()});
    for (std::size_t i = 0; i < rows; ++i)
      out.push_back(
        {at(e.degrees, i), at(e.institutions, i),
         i < e.graduation_years.size() ? std::optional{e.graduation_years[i]} : std::nullopt});
    return out;
  }
  std::map<std::int64_t, EducationFacts> entries;
  for (std::size_t i = 0; i < e.degrees.size(); ++i)
    entries[place("degrees", i)].degree = e.degrees[i];
  for (std::size_t i = 0; i < e.institutions.size(); ++i)
    entries[place("institutions", i)].institution = e.institutions[i];
  for (std::size_t i = 0; i < e.graduation_years.size(); ++i)
    entries[place("graduation_years", i)].year = e.graduation_years[i];
  for (auto& [begin, entry] : entries)
    out.push_back(std::move(entry));
  return out;
}

void add_lists(std::string& text, std::initializer_list<const Strings*> lists) {
  for (const auto* list : lists)
    for (const auto& item : *list)
      add_line(text, item);
}

std::string everything(const Profile& profile) {
  std::string text;
  const auto& p = profile;
  add_line(text, p.summary.professional_summary.value_or(""));
  if (p.summary.career_level && *p.summary.career_level != Seniority::unknown)
    add_line(text, name_of(*p.summary.career_level));
  for (const auto* value :
       {&p.personal_info.full_name, &p.personal_info.location, &p.personal_info.work_authorization})
    add_line(text, value->value_or(""));
  add_lists(text, {&p.skills.programming_languages, &p.skills.frameworks_libraries,
                   &p.skills.tools_platforms, &p.skills.soft_skills, &p.experience.job_titles,
                   &p.experience.companies, &p.experience.industries,
                   &p.experience.experience_descriptions, &p.education.degrees,
                   &p.education.institutions, &p.education.relevant_coursework});
  for (int year : p.education.graduation_years)
    add_line(text, std::to_string(year));
  for (const auto& evidence : p.evidence)
    if (!evidence.pointer.starts_with("/preferences"))
      add_line(text, evidence.quote);
  return text;
}

}  // namespace

CareerFacts facts_of(const Profile& profile) {
  CareerFacts facts;
  facts.person = profile.personal_info;
  facts.summary = profile.summary.professional_summary.value_or("");
  facts.years = profile.summary.years_of_experience;
  facts.employments = employments_of(profile);
  facts.education = education_of(profile);
  facts.coursework = profile.education.relevant_coursework;
  const auto& s = profile.skills;
  for (const auto* list :
       {&s.programming_languages, &s.frameworks_libraries, &s.tools_platforms, &s.soft_skills})
    facts.skills.insert(facts.skills.end(), list->begin(), list->end());
  facts.text = everything(profile);
  for (const auto& skill : facts.skills)
    facts.skill_keys.insert(skill_key(skill));
  for (const auto& skill : skills_in(facts.text))
    facts.skill_keys.insert(skill_key(skill.name));
  for (const auto& degree : profile.education.degrees)
    facts.levels.merge(degree_levels(degree, true));
  facts.levels.merge(degree_levels(facts.text));
  for (auto& rank : ranks_in(facts.text))
    facts.ranks.insert(std::move(rank));
  facts.words.add(facts.text);
  facts.numbers = numbers_in(facts.text);
  return facts;
}

bool says_enough(const Profile& profile) {
  return !profile.experience.job_titles.empty() || !profile.education.degrees.empty() ||
         !profile.skills.programming_languages.empty() ||
         !profile.skills.frameworks_libraries.empty() || !profile.skills.tools_platforms.empty();
}

}  // namespace jobraker::workflows
