#include <algorithm>
#include <span>

#include "actors/matching/core/rubric.hpp"
#include "actors/skills/skills.hpp"

namespace jobraker::matching {
namespace {

constexpr std::size_t names_max = 8;

std::string listed(std::span<const std::string> names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), names_max); ++i)
    out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > names_max)
    out += " and " + std::to_string(names.size() - names_max) + " more";
  return out;
}

std::string years_text(std::int32_t tenths) {
  auto text = std::to_string(tenths / 10);
  if (tenths % 10 != 0)
    text += "." + std::to_string(tenths % 10);
  return text + (tenths == 10 ? " year" : " years");
}

std::string level_text(Seniority level) { return std::string{name_of(level)}; }

/// The name a skill is shown by: the table's, or the posting's own spelling.
std::string name_of_skill(const AskedSkill& asked, const Job& job) {
  if (asked.id >= 0)
    return std::string{all_skills()[static_cast<std::size_t>(asked.id)].name};
  for (const auto& spelling : job.skills)
    if (fold_key(skill_key(spelling)) == asked.key)
      return spelling;
  return "another skill";
}

struct Explainer {
  const RubricProfile& p;
  const Strings& titles;
  const RubricJob& j;
  const Job& job;
  RubricReasons out{};

  void match(std::string code, std::string text) {
    out.match.push_back({std::move(code), std::move(text)});
  }
  void mismatch(std::string code, std::string text) {
    out.mismatch.push_back({std::move(code), std::move(text)});
  }
  void unknown(std::string code, std::string text) {
    out.unknown.push_back({std::move(code), std::move(text)});
  }

  void skills() {
    if (j.skills.empty())
      return unknown("skills.none_asked", "the posting names no skill we know");
    if (!p.has_skills)
      return unknown("skills.none_known", "the profile names no skills");
    Strings has;
    Strings near;
    Strings missing;
    for (const auto& asked : j.skills) {
      auto share = asked.id >= 0 ? static_cast<int>(p.covers[static_cast<std::size_t>(asked.id)])
                   : std::binary_search(p.other_skills.begin(), p.other_skills.end(), asked.key)
                     ? 1000
                     : 0;
      (share == 1000 ? has : share > 0 ? near : missing).push_back(name_of_skill(asked, job));
    }
    auto of =
      std::to_string(has.size()) + " of " + std::to_string(j.skills.size()) + " skills asked";
    if (!has.empty())
      match("skills.covered", "has " + of + ": " + listed(has));
    if (!near.empty())
      match("skills.related", "knows something close to " + listed(near));
    if (!missing.empty())
      mismatch("skills.missing", "missing: " + listed(missing));
  }

  void experience() {
    if (!p.years_tenths)
      unknown("experience.years", "the profile gives no years of experience");
    else if (j.years_tenths && *p.years_tenths >= *j.years_tenths)
      match("experience.years", years_text(*p.years_tenths) + " of experience, " +
                                  years_text(*j.years_tenths) + " asked");
    else if (j.years_tenths)
      mismatch("experience.years", "only " + years_text(*p.years_tenths) + " of experience, " +
                                     years_text(*j.years_tenths) + " asked");
    if (p.seniority != Seniority::unknown && j.seniority != Seniority::unknown) {
      auto apart = static_cast<int>(j.seniority) - static_cast<int>(p.seniority);
      if (apart == 0)
        match("experience.level", "the level is right: " + level_text(j.seniority));
      else if (apart > 0)
        mismatch("experience.level", "asks for " + level_text(j.seniority) +
                                       " level, the profile is " + level_text(p.seniority));
      else
        mismatch("experience.level", "a step back: " + level_text(j.seniority) +
                                       " level, the profile is " + level_text(p.seniority));
    }
    std::int32_t best = 0;
    std::string closest;
    for (const auto& title : titles)
      if (auto near = title_similarity(read_title(title), j.title); near > best) {
        best = near;
        closest = title;
      }
    if (p.titles.empty())
      unknown("experience.title", "the profile names no job title or wished role");
    else if (best >= 500)
      match("experience.title", "close to " + closest);
    else if (best < 200)
      mismatch("experience.title", "another kind of work than so far");
  }

  void location(const RubricPart& part) {
    auto where = job.location.empty() ? std::string{"the place"} : job.location;
    if (p.authorised && j.place.country != 0 && !p.authorised->test(j.place.country))
      mismatch("location.authorisation",
               "no work authorisation known for " + code_of(j.place.country));
    else if (part.unknown)
      unknown("location.unknown", "the place cannot be compared");
    else if (j.workplace == Workplace::remote && part.score >= 75'000)
      match("location.remote", "remote work");
    else if (j.workplace == Workplace::remote)
      mismatch("location.remote_abroad", "remote, but from another country: " + where);
    else if (p.wants_only_remote)
      mismatch("location.not_remote", "wants remote work, this is in " + where);
    else if (part.score >= 80'000)
      match("location.place", where + " suits");
    else
      mismatch("location.place", where + " is not among the places wanted");
  }

  void salary(const RubricPart& part) {
    auto wish = p.salary_min > 0 ? p.salary_min : p.salary_max * 4 / 5;
    auto top = std::max(j.salary_max, j.salary_min);
    if (top <= 0)
      unknown("salary.not_said", "the posting gives no salary");
    else if (wish <= 0)
      unknown("salary.no_wish", "the profile gives no salary wish");
    else if (part.unknown)
      unknown("salary.currency", "the salary is in another currency than the wish");
    else if (top >= wish)
      match("salary.fits", "pays up to " + std::to_string(top) + " " + job.salary_currency +
                             (job.salary_predicted ? " (estimated)" : ""));
    else
      mismatch("salary.low", "pays up to " + std::to_string(top) + " " + job.salary_currency +
                               ", wanted from " + std::to_string(wish) +
                               (job.salary_predicted ? " (estimated)" : ""));
  }

  void culture(const RubricPart& part) {
    if (part.unknown)
      return;
    auto type = std::string{name_of(*job.job_type)};
    std::replace(type.begin(), type.end(), '_', ' ');
    if (part.score >= 50'000)
      match("culture.job_type", type + ", as wanted");
    else
      mismatch("culture.job_type", type + ", which is not wanted");
  }
};

}  // namespace

Strings titles_of(const Profile& profile) {
  auto titles = profile.preferences.desired_roles;
  const auto& held = profile.experience.job_titles;
  titles.insert(titles.end(), held.begin(), held.end());
  return titles;
}

RubricReasons explain(const RubricProfile& profile, const Strings& titles, const RubricJob& ready,
                      const Job& job, const RubricScore& scored) {
  Explainer explainer{profile, titles, ready, job};
  explainer.skills();
  explainer.experience();
  explainer.location(scored.location);
  explainer.salary(scored.salary);
  explainer.culture(scored.culture);
  return std::move(explainer.out);
}

RubricReasons explain(const Profile& profile, const Job& job) {
  auto person = digest(profile);
  auto ready = digest(job);
  return explain(person, titles_of(profile), ready, job, score(person, ready));
}

}  // namespace jobraker::matching
