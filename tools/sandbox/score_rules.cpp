#include "tools/sandbox/score_rules.hpp"

#include <algorithm>
#include <cmath>

#include "messages/json.hpp"
#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

std::string listed(const std::vector<std::string>& items, std::size_t limit) {
  std::string out;
  auto count = std::min(items.size(), limit);
  for (std::size_t i = 0; i < count; ++i)
    out += (i == 0 ? "" : i + 1 == count ? " and " : ", ") + items[i];
  return out;
}

std::string shown(const std::string& key) {
  const auto* known = Lexicon::instance().by_name(key);
  return known ? known->name : key;
}

/// How much of what the posting names the candidate has: 0 to 1, or nothing when it names nothing.
struct Overlap {
  std::optional<double> share;
  std::vector<std::string> have, lack;
};

Overlap overlap(const Judged& candidate, const Judged& job) {
  Overlap out;
  double have = 0, total = 0;
  auto owns = [&](const std::string& skill) {
    return candidate.skills.contains(skill) || candidate.mentioned.contains(skill);
  };
  auto count = [&](const std::string& skill, double weight) {
    total += weight;
    if (owns(skill)) {
      // What is listed counts whole, what is only mentioned in passing a little less.
      have += weight * (candidate.skills.contains(skill) ? 1.0 : 0.8);
      out.have.push_back(shown(skill));
    } else if (weight >= 1 || job.skills.empty()) {
      out.lack.push_back(shown(skill));
    }
  };
  for (const auto& skill : job.skills)
    count(skill, 1.0);
  for (const auto& skill : job.mentioned)
    if (!job.skills.contains(skill))
      count(skill, 0.4);
  if (total > 0)
    out.share = have / total;
  return out;
}

double kinship(const Judged& candidate, const JudgedJob& job) {
  const auto& lexicon = Lexicon::instance();
  auto family = lexicon.family_of(job.title).family;
  if (family.empty() || candidate.families.empty())
    return 0.35;
  double best = 0, weight = 1;
  for (const auto& own : candidate.families) {
    best = std::max(best, weight * lexicon.kinship(own, family));
    weight = std::max(0.7, weight - 0.08);  // what was done long ago counts a little less
  }
  return best;
}

/// The place fit of a job at a desk that the candidate lives far from: nothing in common, not even
/// the country.
constexpr double far_away = 0.1;
/// The most such a job can score: a reason to look, below every strong fit, since few people move
/// to another country for a job that others offer them at home.
constexpr double far_away_max = 68;

/// One spelling for the countries that go by several.
std::string one_country(std::string part) {
  for (std::string_view name :
       {"united kingdom", "great britain", "gb", "england", "scotland", "wales"})
    if (part == name)
      return "uk";
  for (std::string_view name : {"united states", "united states of america", "usa"})
    if (part == name)
      return "us";
  return part;
}

double place_fit(const Judged& candidate, const Judged& job, std::string& word) {
  if (job.remote) {
    word = "remote";
    return 1;
  }
  if (candidate.places.empty() || job.places.empty())
    return 0.5;
  for (const auto& own : candidate.places)
    for (const auto& there : job.places) {
      auto city_own = std::string{trim(std::string_view{own}.substr(0, own.find(',')))};
      auto city_there = std::string{trim(std::string_view{there}.substr(0, there.find(',')))};
      if (city_own.size() > 2 && (has_phrase(there, city_own) || has_phrase(own, city_there))) {
        word = city_there;
        return 1;
      }
    }
  for (const auto& own : candidate.places)
    for (const auto& there : job.places)
      for (const auto& part : split(own, ','))
        for (const auto& other : split(there, ',')) {
          auto mine = one_country(std::string{trim(part)});
          if (mine.size() > 1 &&
              (has_phrase(there, mine) || mine == one_country(std::string{trim(other)})))
            return 0.6;
        }
  return far_away;
}

double level_fit(const Judged& candidate, const Judged& job) {
  double fit = 1;
  if (candidate.level && job.level)
    fit -= 0.25 * std::abs(std::min(candidate.level, 5) - std::min(job.level, 5));
  if (candidate.years && job.years && *candidate.years + 0.5 < *job.years)
    fit -= std::min(0.6, 0.12 * (*job.years - *candidate.years));
  return std::max(0.0, fit);
}

std::string opening(double score, const std::string& title) {
  if (score >= 85)
    return "The " + title + " post matches what you do now almost point for point.";
  if (score >= 70)
    return "The " + title + " post is a strong fit with small gaps.";
  if (score >= 60)
    return "The " + title + " post is worth an application.";
  if (score >= 40)
    return "The " + title + " post overlaps with your work, but the gaps are real.";
  if (score >= 25)
    return "The " + title + " post is some way from your work.";
  return "The " + title + " post belongs to another profession.";
}

double rounded(double value) { return std::round(std::clamp(value, 0.0, 100.0)); }

}  // namespace

Judgement judge(const Judged& candidate, const JudgedJob& job) {
  Judgement out;
  auto trade = kinship(candidate, job);
  auto skills = overlap(candidate, job.facts);
  auto level = level_fit(candidate, job.facts);
  std::string place_word;
  auto place = place_fit(candidate, job.facts, place_word);
  // Postings wish for more than they need: three quarters of the list is a full match.
  double cover = skills.share ? std::min(1.0, *skills.share / 0.75) : 0.3 + 0.4 * trade;
  double score = 36 * trade + 38 * cover + 15 * level + 11 * place;
  if (trade < 0.2)
    score = std::min(score * 0.45, 24.0);
  else if (trade < 0.5)
    score = std::min(score, 58.0);
  bool far = place <= far_away;
  if (far)
    score -= 8;
  bool pay_known = candidate.pay_min && job.facts.pay_max;
  bool pay_short = pay_known && *job.facts.pay_max < *candidate.pay_min * 0.97;
  if (pay_short)
    score -= 7;
  if (!skills.share)
    score = std::min(score, 64.0);  // the same trade is a reason to look, not a strong fit
  if (job.facts.text_size < 200)
    score -= 10;  // a posting that hardly says anything is no strong fit for anybody
  if (far)
    score = std::min(score, far_away_max);
  out.compatibility = rounded(score);
  out.confidence = rounded(45 + std::min(25.0, static_cast<double>(job.facts.text_size) / 60) +
                           (skills.share ? 10 : -15) + (candidate.skills.size() >= 5 ? 10 : 0) +
                           (candidate.titles.empty() ? 0 : 7) - (job.facts.places.empty() ? 5 : 0));
  bool type_match =
    std::any_of(candidate.job_types.begin(), candidate.job_types.end(), [&](const auto& type) {
      return std::find(job.facts.job_types.begin(), job.facts.job_types.end(), type) !=
             job.facts.job_types.end();
    });
  out.culture = rounded(50 +
                        (trade >= 0.99  ? 15
                         : trade >= 0.5 ? 6
                                        : -15) +
                        (type_match ? 10 : 0) + (candidate.remote && job.facts.remote ? 12 : 0) +
                        (place >= 0.99 ? 5 : 0));

  out.reasoning = opening(out.compatibility, job.title);
  if (!skills.have.empty())
    out.reasoning += " It asks for " + listed(skills.have, 4) + ", which you bring" +
                     (skills.lack.empty() ? "." : "; " + listed(skills.lack, 3) + " would be new.");
  else if (!skills.lack.empty())
    out.reasoning +=
      " It asks for " + listed(skills.lack, 4) + ", none of which your profile shows.";
  else if (trade >= 0.5)
    out.reasoning += " It names no skills to compare with yours.";
  if (trade >= 0.5 && level < 0.6)
    out.reasoning += candidate.level > job.facts.level && job.facts.level
                       ? " It sits below your level."
                       : " It asks for more experience than your profile shows.";
  else if (pay_short)
    out.reasoning += " The pay ends below what you ask for.";
  if (far && trade >= 0.2)
    out.reasoning += " It would mean moving.";

  if (trade >= 0.99)
    out.match_factors.push_back("Same line of work");
  for (std::size_t i = 0; i < skills.have.size() && out.match_factors.size() < 4; ++i)
    out.match_factors.push_back(skills.have[i]);
  if (place >= 0.99)
    out.match_factors.push_back(place_word == "remote" ? "Remote work" : "In your area");
  if (level >= 0.99 && out.match_factors.size() < 5 && trade >= 0.5)
    out.match_factors.push_back("Level fits");
  if (trade < 0.2)
    out.mismatch_factors.push_back("Another profession");
  for (std::size_t i = 0; i < skills.lack.size() && out.mismatch_factors.size() < 3; ++i)
    out.mismatch_factors.push_back("No " + skills.lack[i] + " in the profile");
  if (level < 0.75)
    out.mismatch_factors.push_back("Different level");
  if (far && out.mismatch_factors.size() < 5)
    out.mismatch_factors.push_back("Elsewhere, on site");
  if (pay_short && out.mismatch_factors.size() < 5)
    out.mismatch_factors.push_back("Pay below your range");
  return out;
}

std::string answer_score_jobs(std::string_view message) {
  auto candidate = read_candidate(between(message, "candidate"));
  json::Writer out;
  auto list = [&](std::string_view name, const std::vector<std::string>& items) {
    out.key(name).begin_array();
    for (const auto& item : items)
      out.value(std::string_view{item});
    out.end_array();
  };
  out.begin_object().key("scores").begin_array();
  for (const auto& job : read_jobs(between(message, "jobs"))) {
    auto judgement = judge(candidate, job);
    out.begin_object();
    out.member("job_id", std::string_view{job.id});
    out.member("compatibility_score", judgement.compatibility)
      .member("confidence_score", judgement.confidence);
    out.member("reasoning", std::string_view{judgement.reasoning});
    list("match_factors", judgement.match_factors);
    list("mismatch_factors", judgement.mismatch_factors);
    out.member("culture_match_score", judgement.culture);
    out.end_object();
  }
  out.end_array().end_object();
  return out.text();
}

}  // namespace jobraker::sandbox
