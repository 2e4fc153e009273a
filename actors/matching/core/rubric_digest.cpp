#include <algorithm>
#include <cmath>

#include "actors/matching/core/rubric.hpp"
#include "actors/skills/skills.hpp"

namespace jobraker::matching {
namespace {

/// A key for skills the table does not have.
std::uint64_t other_key(std::string_view spelling) { return fold_key(skill_key(spelling)); }

std::int32_t tenths(double years) {
  return static_cast<std::int32_t>(std::lround(std::clamp(years, 0.0, 70.0) * 10));
}

void add_skills(const Strings& names, std::vector<CanonicalSkill>& known,
                std::vector<std::uint64_t>& others) {
  for (const auto& name : names)
    if (auto skill = canonical(name))
      known.push_back(*skill);
    else if (auto key = other_key(name); key != 0)
      others.push_back(key);
}

/// Titles of the past count, the older the less; wishes count fully.
std::vector<TitleWords> read_titles(const Profile& profile) {
  constexpr std::size_t titles_max = 12;
  std::vector<TitleWords> out;
  for (const auto& role : profile.preferences.desired_roles)
    out.push_back(read_title(role));
  std::int32_t importance = 1000;
  for (const auto& title : profile.experience.job_titles) {
    auto words = read_title(title);
    words.importance = importance;
    importance = std::max(600, importance - 80);
    out.push_back(std::move(words));
  }
  std::erase_if(out, [](const TitleWords& t) { return t.weight == 0; });
  if (out.size() > titles_max)
    out.erase(out.begin() + titles_max, out.end());
  return out;
}

/// The level that so many years usually mean, when nobody says one.
Seniority level_of(std::int32_t years_tenths) {
  if (years_tenths < 20)
    return Seniority::junior;
  return years_tenths < 50 ? Seniority::mid : Seniority::senior;
}

}  // namespace

RubricProfile digest(const Profile& profile) {
  RubricProfile out;
  std::vector<CanonicalSkill> known;
  for (const auto* list :
       {&profile.skills.programming_languages, &profile.skills.frameworks_libraries,
        &profile.skills.tools_platforms, &profile.skills.soft_skills})
    add_skills(*list, known, out.other_skills);
  std::sort(out.other_skills.begin(), out.other_skills.end());
  out.other_skills.erase(std::unique(out.other_skills.begin(), out.other_skills.end()),
                         out.other_skills.end());
  out.has_skills = !known.empty() || !out.other_skills.empty();
  auto all = all_skills();
  out.covers.assign(all.size(), 0);
  for (const auto& asked : all)
    for (const auto& skill : known) {
      auto share = skill.id == asked.id ? 1.0 : std::clamp(related(skill, asked), 0.0, 1.0);
      auto& best = out.covers[asked.id];
      best = std::max(best, static_cast<std::uint16_t>(std::lround(share * 1000)));
    }

  if (profile.summary.years_of_experience)
    out.years_tenths = tenths(*profile.summary.years_of_experience);
  out.seniority = profile.summary.career_level.value_or(Seniority::unknown);
  if (out.seniority == Seniority::unknown && out.years_tenths)
    out.seniority = level_of(*out.years_tenths);
  out.titles = read_titles(profile);

  if (profile.personal_info.location)
    out.home = read_place(*profile.personal_info.location);
  bool on_site = false;
  for (const auto& text : profile.preferences.preferred_locations) {
    auto place = read_place(text);
    out.wants_remote = out.wants_remote || place.remote;
    if (place.city != 0 || place.country != 0 || place.region != 0) {
      on_site = on_site || !place.remote;
      out.wanted.push_back(place);
    }
  }
  out.wants_only_remote = out.wants_remote && !on_site;
  if (profile.personal_info.work_authorization)
    out.authorised = read_authorization(*profile.personal_info.work_authorization);

  out.salary_min = profile.preferences.salary_range_min.value_or(0);
  out.salary_max = profile.preferences.salary_range_max.value_or(0);
  out.currency = profile.preferences.salary_currency
                   ? currency_of_code(*profile.preferences.salary_currency)
                   : currency_of(out.home.country);
  for (auto type : profile.preferences.job_types)
    out.job_types |= 1u << static_cast<unsigned>(type);
  return out;
}

RubricJob digest(const Job& job) {
  constexpr std::size_t skills_max = 60;
  RubricJob out;
  std::vector<CanonicalSkill> known;
  std::vector<std::uint64_t> others;
  add_skills(job.skills, known, others);
  auto required = skills_in(job.requirements);
  if (known.empty() && others.empty()) {
    known = skills_in(job.title);
    for (const auto& list : {required, skills_in(job.description)})
      known.insert(known.end(), list.begin(), list.end());
  }
  for (const auto& skill : known) {
    auto id = static_cast<std::int32_t>(skill.id);
    if (std::any_of(out.skills.begin(), out.skills.end(), [&](auto& s) { return s.id == id; }))
      continue;
    bool asked = std::any_of(required.begin(), required.end(),
                             [&](const CanonicalSkill& r) { return r.id == skill.id; });
    auto weight = (skill.category == SkillCategory::soft_skill ? 1 : 2) * (asked ? 2 : 1);
    out.skills.push_back({id, weight, 0});
  }
  for (auto key : others)
    if (std::none_of(out.skills.begin(), out.skills.end(), [&](auto& s) { return s.key == key; }))
      out.skills.push_back({-1, 2, key});
  if (out.skills.size() > skills_max)
    out.skills.resize(skills_max);
  for (const auto& skill : out.skills)
    out.skill_weight += skill.weight;

  if (job.years_required)
    out.years_tenths = tenths(*job.years_required);
  out.seniority = job.seniority;
  out.title = read_title(job.title);
  out.place = read_place(job.location);
  if (!job.city.empty())
    out.place.city = city_key(job.city);
  if (!job.region.empty())
    out.place.region =
      read_place(job.region).region != 0 ? read_place(job.region).region : fold_key(job.region);
  if (auto country = country_of_code(job.country); country != 0)
    out.place.country = country;
  out.workplace = job.workplace;
  if (out.workplace == Workplace::unknown && out.place.remote)
    out.workplace = Workplace::remote;
  out.salary_min = job.salary_min.value_or(0);
  out.salary_max = job.salary_max.value_or(0);
  out.currency = currency_of_code(job.salary_currency);
  out.salary_predicted = job.salary_predicted;
  out.job_type = job.job_type;
  return out;
}

}  // namespace jobraker::matching
