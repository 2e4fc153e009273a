#include "actors/matching/core/rubric.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace jobraker::matching {
namespace {

constexpr std::int32_t millionths = 1'000'000;

RubricPart part(std::int64_t score, bool unknown = false) noexcept {
  // Whole tenths of a point: with weights in whole per cent the points are then exact too.
  auto rounded = (std::clamp<std::int64_t>(score, 0, full_marks) + 50) / 100 * 100;
  return {static_cast<Millipoints>(rounded), 0, unknown};
}

std::int32_t best_title(const RubricProfile& profile, const RubricJob& job) noexcept {
  std::int32_t best = 0;
  for (const auto& title : profile.titles)
    best = std::max(best, title_similarity(title, job.title) * title.importance / 1000);
  return best;
}

RubricPart score_skills(const RubricProfile& profile, const RubricJob& job,
                        std::int32_t title) noexcept {
  // What a posting that names hardly any skill is judged by instead: whether it is the person's
  // trade.
  bool title_known = !profile.titles.empty() && job.title.weight > 0;
  std::int64_t prior = title_known ? 30'000 + 40 * title : neutral_marks;
  if (job.skill_weight == 0 || !profile.has_skills)
    return part(job.skill_weight == 0 ? prior : neutral_marks, true);
  std::int64_t covered = 0;
  for (const auto& asked : job.skills) {
    std::int64_t share = 0;
    if (asked.id >= 0) {
      if (static_cast<std::size_t>(asked.id) < profile.covers.size())
        share = profile.covers[static_cast<std::size_t>(asked.id)];
    } else if (std::binary_search(profile.other_skills.begin(), profile.other_skills.end(),
                                  asked.key)) {
      share = 1000;
    }
    covered += share * asked.weight;
  }
  auto share = covered / job.skill_weight;
  // Postings list wishes: half of them is more than half a fit.
  auto marks = share * (1500 - share / 2) / 10;
  constexpr std::int64_t enough = 3;
  auto count = static_cast<std::int64_t>(job.skills.size());
  if (count < enough)
    marks = (marks * count + prior * (enough - count)) / enough;
  return part(marks);
}

/// Years that a level usually takes, in tenths.
constexpr std::array<std::int32_t, 7> usual_years{0, 0, 0, 20, 50, 70, 100};
/// Per mille for being so many levels apart.
constexpr std::array<std::int32_t, 7> level_marks{1000, 700, 350, 100, 0, 0, 0};

RubricPart score_experience(const RubricProfile& profile, const RubricJob& job,
                            std::int32_t title) noexcept {
  std::int64_t sum = 0;
  std::int64_t weight = 0;
  auto add = [&](std::int64_t marks, std::int64_t w) {
    sum += marks * w;
    weight += w;
  };
  if (profile.years_tenths && (job.years_tenths || job.seniority != Seniority::unknown)) {
    auto has = *profile.years_tenths;
    auto asked = job.years_tenths.value_or(usual_years[static_cast<std::size_t>(job.seniority)]);
    std::int32_t marks = 1000;
    if (has < asked)
      marks = 1000 * has / asked;
    else if (has > asked + 80)  // many more years than asked: often no longer what they look for
      marks = std::max(750, 1000 - (has - asked - 80) * 3);
    add(marks, 35);
  }
  if (profile.seniority != Seniority::unknown && job.seniority != Seniority::unknown) {
    auto apart = static_cast<int>(job.seniority) - static_cast<int>(profile.seniority);
    auto marks = level_marks[static_cast<std::size_t>(std::abs(apart))];
    add(apart < 0 ? std::min(1000, marks + 50) : marks, 25);
  }
  bool title_known = !profile.titles.empty() && job.title.weight > 0;
  if (!title_known)
    return weight == 0 ? part(neutral_marks, true) : part(sum * 100 / weight);
  if (weight == 0)
    return part(title * 100);
  // Years and level count for as much as they were spent in this trade.
  auto relevance = 300 + 700 * title / 1000;
  return part((title * 40 + sum / weight * relevance / 1000 * 60));
}

RubricPart score_location(const RubricProfile& profile, const RubricJob& job) noexcept {
  const auto& at = job.place;
  bool allowed = !profile.authorised || at.country == 0 || profile.authorised->test(at.country);
  bool same_country = at.country != 0 && at.country == profile.home.country;
  bool wanted_country = false;
  bool wanted_region = false;
  bool wanted_city = false;
  for (const auto& place : profile.wanted) {
    bool country = place.country == 0 || at.country == 0 || place.country == at.country;
    if (place.city != 0)
      wanted_city = wanted_city || (place.city == at.city && country);
    else if (place.region != 0)
      wanted_region = wanted_region || (place.region == at.region && country);
    else
      wanted_country = wanted_country || place.country == at.country;
  }
  if (!allowed)
    return part(job.workplace == Workplace::remote ? 20'000 : 0);
  if (job.workplace == Workplace::remote) {
    if (at.country == 0 || same_country || wanted_country || wanted_city || wanted_region)
      return part(profile.wants_remote ? 100'000 : 90'000);
    if (profile.home.country == 0 && profile.wanted.empty())
      return part(profile.wants_remote ? 90'000 : 75'000);
    // A posting of another country: it often wants residence there.
    bool sure = profile.authorised.has_value();
    return part((sure ? 75'000 : 55'000) + (profile.wants_remote ? 10'000 : 0));
  }

  bool here = at.city != 0 && at.city == profile.home.city &&
              (at.country == 0 || profile.home.country == 0 || same_country);
  bool same_region =
    at.region != 0 && at.region == profile.home.region && (same_country || at.country == 0);
  bool nothing_known =
    (at.city == 0 && at.country == 0) ||
    (profile.wanted.empty() && profile.home.city == 0 && profile.home.country == 0);
  std::int64_t marks = 15'000;
  if (wanted_city || (here && profile.wanted.empty()))
    marks = 100'000;
  else if (here)
    marks = 90'000;
  else if (wanted_region)
    marks = 90'000;
  else if (wanted_country)
    marks = 85'000;
  else if (nothing_known)
    return part(profile.wants_only_remote && job.workplace == Workplace::on_site ? 25'000
                                                                                 : neutral_marks,
                true);
  else if (same_region)
    marks = 70'000;
  else if (same_country)
    marks = profile.wanted.empty() ? 55'000 : 45'000;
  else if (at.country == 0 || (profile.home.country == 0 && profile.wanted.empty()))
    marks = 35'000;
  if (job.workplace == Workplace::hybrid && marks < 80'000)
    marks += 5'000;
  if (profile.wants_only_remote)
    marks = std::min<std::int64_t>(marks, job.workplace == Workplace::hybrid ? 55'000 : 35'000);
  return part(marks);
}

RubricPart score_salary(const RubricProfile& profile, const RubricJob& job) noexcept {
  auto top = std::max(job.salary_max, job.salary_min);
  auto bottom = job.salary_min > 0 ? std::min(job.salary_min, top) : top;
  // Only an upper end of the wish is known: take four fifths of it as the lower.
  auto wish = profile.salary_min > 0 ? profile.salary_min : profile.salary_max * 4 / 5;
  // Different currencies stay unknown: rates of some day would decide who gets to see a posting.
  if (top <= 0 || wish <= 0 || job.currency == 0 || job.currency != profile.currency)
    return part(neutral_marks, true);
  std::int64_t marks = full_marks;
  if (top < wish) {
    // From 70 points just under the wish to nothing at 40 % under it.
    auto gap = (wish - top) * 1000 / wish;
    marks = std::max<std::int64_t>(0, 70'000 - gap * 175);
  } else if (bottom < wish) {
    marks = 75'000 + 25'000 * (top - wish) / std::max<std::int64_t>(1, top - bottom);
  }
  if (job.salary_predicted)  // somebody's estimate is worth half
    marks = (marks + neutral_marks) / 2;
  return part(marks);
}

RubricPart score_culture(const RubricProfile& profile, const RubricJob& job) noexcept {
  if (profile.job_types == 0 || !job.job_type)
    return part(neutral_marks, true);
  bool wanted = (profile.job_types >> static_cast<unsigned>(*job.job_type) & 1u) != 0;
  return part(wanted ? full_marks : 20'000);
}

}  // namespace

RubricWeights RubricWeights::of(double skills, double experience, double location, double salary) {
  std::array<double, 4> given{skills, experience, location, salary};
  double sum = 0;
  for (auto& w : given) {
    w = std::isfinite(w) && w > 0 ? w : 0;
    sum += w;
  }
  if (!(sum > 0) || !std::isfinite(sum))
    return {};
  // Largest remainder: the millionths add up exactly.
  std::array<std::int32_t, 4> whole{};
  std::array<double, 4> rest{};
  std::int32_t left = millionths;
  for (std::size_t i = 0; i < 4; ++i) {
    double exact = given[i] / sum * millionths;
    whole[i] = static_cast<std::int32_t>(std::floor(exact));
    rest[i] = exact - std::floor(exact);
    left -= whole[i];
  }
  for (; left > 0; --left) {
    auto most = static_cast<std::size_t>(std::max_element(rest.begin(), rest.end()) - rest.begin());
    ++whole[most];
    rest[most] = -1;
  }
  return {whole[0], whole[1], whole[2], whole[3]};
}

RubricScore score(const RubricProfile& profile, const RubricJob& job,
                  const RubricWeights& weights) noexcept {
  auto title = best_title(profile, job);
  RubricScore out;
  out.skills = score_skills(profile, job, title);
  out.experience = score_experience(profile, job, title);
  out.location = score_location(profile, job);
  out.salary = score_salary(profile, job);
  out.culture = score_culture(profile, job);
  auto weigh = [&](RubricPart& p, std::int32_t weight) {
    p.points =
      static_cast<Millipoints>((std::int64_t{p.score} * weight + millionths / 2) / millionths);
    out.total += p.points;
  };
  weigh(out.skills, weights.skills);
  weigh(out.experience, weights.experience);
  weigh(out.location, weights.location);
  weigh(out.salary, weights.salary);
  return out;
}

}  // namespace jobraker::matching
