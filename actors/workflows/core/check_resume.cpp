#include <algorithm>
#include <set>

#include "actors/profile/core/evidence.hpp"
#include "actors/profile/core/unicode.hpp"
#include "actors/skills/skills.hpp"
#include "actors/workflows/core/prose.hpp"
#include "actors/workflows/core/same.hpp"
#include "actors/workflows/core/truth.hpp"

namespace jobraker::workflows {
namespace {

/// One check under way.
struct Check {
  const KitResume& resume;
  const CareerFacts& facts;
  const PostingText& posting;
  KnownWords known{};
  Capitals capitals = Capitals::english;
  Violations out{};
};

std::string in_quotes(std::string_view text) { return "\"" + std::string{text} + "\""; }

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words)
    out += (out.empty() ? "" : " ") + word;
  return out;
}

void check_prose(Check& check, Prose prose) {
  prose.capitals = check.capitals;
  check_placeholders(prose, check.out);
  check_names(prose, check.known, check.out);
  check_numbers(prose, check.facts, check.out);
  check_skills(prose, check.facts, check.out);
  check_degrees(prose, check.facts, check.out);
  check_ranks(prose, check.facts, check.out);
  // Whoever is applied to is no reference, in small letters neither.
  auto company = joined(company_words(check.posting.company));
  if (!company.empty() && EvidenceIndex{prose.text}.find(company) &&
      !EvidenceIndex{check.facts.text}.find(company))
    refuse(check.out, prose.pointer, ClaimKind::employer, check.posting.company,
           "is the employer applied to, and not in the profile");
}

/// Another employer's name has no place in this employment.
void check_strangers(Check& check, std::string_view text, const std::string& pointer,
                     const EmploymentFacts& own) {
  EvidenceIndex said{text};
  EvidenceIndex known{own.text};
  for (const auto& other : check.facts.employments) {
    if (other.company.empty() || same_company(other.company, own.company))
      continue;
    auto name = joined(company_words(other.company));
    if (said.find(name) && !known.find(name))
      refuse(check.out, pointer, ClaimKind::employer, other.company,
             "is another employer than the one this was done for");
  }
}

void check_dates(Check& check, const KitEmployment& item, const EmploymentFacts& own,
                 const std::string& at) {
  if (trim(item.dates).empty())
    return;
  if (!own.dates)
    return refuse(check.out, at + "/dates", ClaimKind::date, item.dates,
                  "are dates that the profile does not state for this employment");
  auto claimed = parse_span(item.dates);
  if (!claimed || !same_span(*claimed, own.dates->span))
    refuse(check.out, at + "/dates", ClaimKind::date, item.dates,
           "is not when it was: the profile says " + in_quotes(own.dates->text));
}

void check_employment(Check& check, const KitEmployment& item, const std::string& at,
                      std::set<int>& seen) {
  auto index = static_cast<std::size_t>(item.source);
  if (item.source < 0 || index >= check.facts.employments.size())
    return refuse(check.out, at + "/source", ClaimKind::employer,
                  item.title + (item.company.empty() ? "" : " at " + item.company),
                  "is an employment that the profile does not contain");
  const auto& own = check.facts.employments[index];
  if (!seen.insert(item.source).second)
    refuse(check.out, at + "/source", ClaimKind::employer, own.title, "is listed twice");
  if (!same_title(item.title, own.title))
    refuse(check.out, at + "/title", ClaimKind::title, item.title,
           "is not the title held: the profile says " + in_quotes(own.title));
  if (!same_company(item.company, own.company))
    refuse(check.out, at + "/company", ClaimKind::employer, item.company,
           own.company.empty() ? "is an employer that the profile does not name"
                               : "is not the employer: the profile says " + in_quotes(own.company));
  check_dates(check, item, own, at);
  for (std::size_t i = 0; i < item.bullets.size(); ++i) {
    auto pointer = at + "/bullets/" + std::to_string(i);
    check_prose(check, {item.bullets[i], pointer, &own.numbers, false});
    check_strangers(check, item.bullets[i], pointer, own);
  }
}

void check_education(Check& check, const KitEducation& item, const std::string& at) {
  const auto& known = check.facts.education;
  auto has = [&](auto matches) { return std::any_of(known.begin(), known.end(), matches); };
  bool degree = trim(item.degree).empty() ||
                has([&](const auto& own) { return same_degree(item.degree, own.degree); });
  bool school = trim(item.institution).empty() || has([&](const auto& own) {
                  return same_institution(item.institution, own.institution);
                });
  bool year = !item.year || has([&](const auto& own) { return own.year == item.year; });
  if (!degree)
    refuse(check.out, at + "/degree", ClaimKind::degree, item.degree,
           "is a degree that the profile does not contain");
  if (!school)
    refuse(check.out, at + "/institution", ClaimKind::institution, item.institution,
           "is an institution that the profile does not contain");
  if (!year)
    refuse(check.out, at + "/year", ClaimKind::date, std::to_string(*item.year),
           "is a year of graduation that the profile does not contain");
  if (!degree || !school || !year)
    return;
  bool together = has([&](const auto& own) {
    return (trim(item.degree).empty() || same_degree(item.degree, own.degree)) &&
           (trim(item.institution).empty() ||
            same_institution(item.institution, own.institution)) &&
           (!item.year || item.year == own.year);
  });
  if (!together)
    refuse(check.out, at, ClaimKind::degree, item.degree,
           "was not taken at that place in that year");
}

void check_skill_item(Check& check, const std::string& item, const std::string& pointer) {
  EvidenceIndex all{check.facts.text};
  if (all.find(item))
    return;
  if (!check.facts.skill_keys.contains(skill_key(item)))
    return refuse(check.out, pointer, ClaimKind::skill, item,
                  "is a skill that the profile does not contain");
  // A version or a span of years beside a known skill is a claim of its own.
  for (const auto& word : plain_words(item))
    if (word.find_first_of("0123456789") != std::string::npos && !check.facts.words.has(word))
      refuse(check.out, pointer, ClaimKind::number, item, "says more than the profile");
}

std::string all_prose(const KitResume& resume) {
  std::string text = resume.summary;
  for (const auto& item : resume.experience)
    for (const auto& bullet : item.bullets)
      text += "\n" + bullet;
  return text;
}

}  // namespace

Violations check_resume(const KitResume& resume, const CareerFacts& facts,
                        const PostingText& posting) {
  Check check{resume, facts, posting};
  auto prose = all_prose(resume);
  check.known.names = facts.words;
  check.known.ordinary.add_small(posting.text);
  check.known.ordinary.add_small(prose);
  check.capitals = capitals_of(prose);
  if (!trim(resume.headline).empty() &&
      std::none_of(facts.employments.begin(), facts.employments.end(),
                   [&](const auto& own) { return same_title(resume.headline, own.title); }))
    refuse(check.out, "/headline", ClaimKind::title, resume.headline,
           "is a title that the profile does not contain");
  check_prose(check, {resume.summary, "/summary", &facts.numbers, true});
  std::set<int> seen;
  for (std::size_t i = 0; i < resume.experience.size(); ++i)
    check_employment(check, resume.experience[i], "/experience/" + std::to_string(i), seen);
  for (std::size_t i = 0; i < resume.education.size(); ++i)
    check_education(check, resume.education[i], "/education/" + std::to_string(i));
  for (std::size_t i = 0; i < resume.skills.size(); ++i)
    check_skill_item(check, resume.skills[i], "/skills/" + std::to_string(i));
  return std::move(check.out);
}

KitResume settled(KitResume resume, const CareerFacts& facts) {
  for (const auto& own : facts.employments)
    if (!trim(resume.headline).empty() && same_title(resume.headline, own.title)) {
      resume.headline = own.title;
      break;
    }
  for (auto& item : resume.experience) {
    const auto& own = facts.employments[static_cast<std::size_t>(item.source)];
    item.title = own.title;
    item.company = own.company;
    item.dates = own.dates ? own.dates->text : "";
  }
  for (auto& item : resume.education)
    for (const auto& own : facts.education)
      if (same_degree(item.degree, own.degree) &&
          (trim(item.institution).empty() || same_institution(item.institution, own.institution))) {
        item.degree = own.degree;
        if (!trim(item.institution).empty())
          item.institution = own.institution;
        break;
      }
  Strings skills;
  std::set<std::string> seen;
  for (auto& item : resume.skills) {
    auto key = skill_key(item);
    auto own = std::find_if(facts.skills.begin(), facts.skills.end(),
                            [&](const auto& skill) { return skill_key(skill) == key; });
    if (seen.insert(key).second)
      skills.push_back(own == facts.skills.end() ? item : *own);
  }
  resume.skills = std::move(skills);
  return resume;
}

}  // namespace jobraker::workflows
