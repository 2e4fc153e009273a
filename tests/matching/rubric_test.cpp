#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/matching/core/rubric.hpp"

namespace jobraker::matching {
namespace {

Profile person() {
  Profile p;
  p.personal_info.location = "Berlin, Germany";
  p.personal_info.work_authorization = "EU citizen";
  p.summary.years_of_experience = 6;
  p.summary.career_level = Seniority::senior;
  p.skills.programming_languages = {"Python", "C++"};
  p.skills.tools_platforms = {"PostgreSQL", "Docker"};
  p.experience.job_titles = {"Senior Backend Engineer"};
  p.preferences.preferred_locations = {"Berlin"};
  p.preferences.salary_range_min = 80'000;
  p.preferences.salary_currency = "EUR";
  p.preferences.job_types = {JobType::full_time};
  return p;
}

Job posting() {
  Job j;
  j.title = "Backend Developer (m/f/d)";
  j.location = "Berlin, Germany";
  j.city = "Berlin";
  j.country = "DE";
  j.workplace = Workplace::on_site;
  j.salary_min = 80'000;
  j.salary_max = 95'000;
  j.salary_currency = "EUR";
  j.seniority = Seniority::senior;
  j.years_required = 5;
  j.job_type = JobType::full_time;
  j.skills = {"Python", "PostgreSQL", "Docker"};
  return j;
}

RubricScore scored(const Profile& p, const Job& j) { return score(digest(p), digest(j)); }

template <class T>
T pick(const std::vector<T>& from) {
  return *rc::gen::elementOf(from);
}

Profile any_person() {
  Profile p;
  const std::vector<std::string> places{"",           "Berlin",        "Germany", "Remote",
                                        "Austin, TX", "Paris, France", "???"};
  const std::vector<std::string> skills{"Python",   "React",  "Excel", "Nursing",
                                        "knitting", "Docker", "SQL"};
  const std::vector<std::string> titles{"", "Senior Engineer", "Nurse", "Head of Sales",
                                        "Full Stack Developer"};
  if (auto place = pick(places); !place.empty())
    p.personal_info.location = place;
  if (*rc::gen::arbitrary<bool>())
    p.personal_info.work_authorization =
      pick<std::string>({"EU citizen", "US citizen", "needs a visa"});
  if (*rc::gen::arbitrary<bool>())
    p.summary.years_of_experience = *rc::gen::inRange(0, 500) / 10.0;
  if (*rc::gen::arbitrary<bool>())
    p.summary.career_level = static_cast<Seniority>(*rc::gen::inRange(0, 7));
  for (int i = *rc::gen::inRange(0, 6); i > 0; --i)
    p.skills.tools_platforms.push_back(pick(skills));
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
    p.experience.job_titles.push_back(pick(titles));
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
    p.preferences.preferred_locations.push_back(pick(places));
  if (*rc::gen::arbitrary<bool>())
    p.preferences.salary_range_min = *rc::gen::inRange<std::int64_t>(0, 100'000'000);
  if (*rc::gen::arbitrary<bool>())
    p.preferences.salary_range_max = *rc::gen::inRange<std::int64_t>(0, 100'000'000);
  p.preferences.salary_currency = pick<std::string>({"EUR", "USD"});
  return p;
}

Job any_posting() {
  Job j;
  j.title =
    pick<std::string>({"", "Backend Engineer", "Staff Nurse", "m/f/d", "Sales Manager, Berlin"});
  j.location = pick<std::string>({"", "Berlin", "New York, NY", "Remote", "Paris"});
  j.country = pick<std::string>({"", "DE", "US", "FR"});
  j.workplace = static_cast<Workplace>(*rc::gen::inRange(0, 4));
  j.seniority = static_cast<Seniority>(*rc::gen::inRange(0, 7));
  if (*rc::gen::arbitrary<bool>())
    j.years_required = *rc::gen::inRange(0, 300) / 10.0;
  if (*rc::gen::arbitrary<bool>())
    j.salary_min = *rc::gen::inRange<std::int64_t>(0, 100'000'000);
  if (*rc::gen::arbitrary<bool>())
    j.salary_max = *rc::gen::inRange<std::int64_t>(0, 100'000'000);
  j.salary_currency = pick<std::string>({"", "EUR", "USD"});
  j.salary_predicted = *rc::gen::arbitrary<bool>();
  const std::vector<std::string> skills{"Python",   "React",  "Excel",
                                        "knitting", "Docker", "Communication"};
  for (int i = *rc::gen::inRange(0, 8); i > 0; --i)
    j.skills.push_back(pick(skills));
  return j;
}

TEST(Rubric, PartsAddUpToTheTotalAndEqualInputGivesEqualBits) {
  ASSERT_TRUE(rc::check([] {
    auto p = any_person();
    auto j = any_posting();
    auto weights =
      *rc::gen::arbitrary<bool>()
        ? RubricWeights{}
        : RubricWeights::of(*rc::gen::inRange(0, 1000) / 7.0, *rc::gen::inRange(0, 1000) / 3.0,
                            *rc::gen::inRange(0, 1000), *rc::gen::inRange(0, 1000));
    auto s = score(digest(p), digest(j), weights);
    RC_ASSERT(s.skills.points + s.experience.points + s.location.points + s.salary.points ==
              s.total);
    RC_ASSERT(s.total >= 0);
    RC_ASSERT(s.total <= full_marks + 2);  // four roundings of half a thousandth
    for (const auto& part : {s.skills, s.experience, s.location, s.salary, s.culture}) {
      RC_ASSERT(part.score >= 0);
      RC_ASSERT(part.score <= full_marks);
      RC_ASSERT(part.score % 100 == 0);
    }
    RC_ASSERT(score(digest(Profile{p}), digest(Job{j}), weights) == s);
  }));
}

TEST(Rubric, WithTheUsualWeightsTheTotalIsExactlyTheWeightedSum) {
  ASSERT_TRUE(rc::check([] {
    auto s = scored(any_person(), any_posting());
    RC_ASSERT(100 * s.total == 40 * s.skills.score + 30 * s.experience.score +
                                 20 * s.location.score + 10 * s.salary.score);
  }));
}

TEST(Rubric, WeightsAreNormalisedExactly) {
  ASSERT_TRUE(rc::check([] {
    auto w =
      RubricWeights::of(*rc::gen::inRange(0, 100'000) / 13.0, *rc::gen::inRange(0, 100'000) / 7.0,
                        *rc::gen::inRange(0, 100'000) / 3.0, *rc::gen::inRange(0, 100'000));
    RC_ASSERT(w.skills + w.experience + w.location + w.salary == 1'000'000);
    RC_ASSERT(std::min({w.skills, w.experience, w.location, w.salary}) >= 0);
  }));
  EXPECT_EQ(RubricWeights::of(40, 30, 20, 10), RubricWeights{});
  EXPECT_EQ(RubricWeights::of(0, 0, 0, 0), RubricWeights{});
  EXPECT_EQ(RubricWeights::of(std::nan(""), -1, std::numeric_limits<double>::infinity(), 5).salary,
            1'000'000);
}

TEST(Rubric, TheRightJobScoresHighAndAnotherTradeLow) {
  auto good = scored(person(), posting());
  EXPECT_GT(good.total, 90'000);
  Job nurse = posting();
  nurse.title = "Registered Nurse";
  nurse.skills = {"Patient care", "Medication administration", "Triage", "Wound care"};
  auto other = scored(person(), nurse);
  EXPECT_LT(other.experience.score, 30'000);
  EXPECT_EQ(other.skills.score, 0);
  EXPECT_LT(other.total, 50'000);
}

TEST(Rubric, MoreOfTheAskedSkillsNeverScoresLess) {
  Job job = posting();
  job.skills = {"Python", "PostgreSQL", "Docker", "React", "Kafka", "Terraform"};
  Profile p = person();
  p.skills = {};
  p.skills.soft_skills = {"knitting"};
  Millipoints before = -1;
  for (const auto& skill : job.skills) {
    auto now = scored(p, job).skills.score;
    EXPECT_GT(now, before) << skill;
    before = now;
    p.skills.tools_platforms.push_back(skill);
  }
  EXPECT_EQ(scored(p, job).skills.score, full_marks);
}

TEST(Rubric, ARelatedSkillCountsInPart) {
  Job job = posting();
  job.skills = {"React", "Docker", "PostgreSQL"};
  Profile p = person();
  auto without = scored(p, job).skills.score;
  p.skills.frameworks_libraries = {"Vue.js"};
  auto near = scored(p, job).skills.score;
  p.skills.frameworks_libraries = {"React"};
  EXPECT_LT(without, near);
  EXPECT_LT(near, scored(p, job).skills.score);
}

TEST(Rubric, SkillsOutsideTheTableAreComparedByTheirWords) {
  Job job = posting();
  job.skills = {"Flux-Capacitor tuning", "Time travel", "Hover boards"};
  Profile p = person();
  p.skills.tools_platforms = {"flux capacitor Tuning", "time-travel", "hover boards"};
  EXPECT_EQ(scored(p, job).skills.score, full_marks);
}

TEST(Rubric, ExperienceFallsWithMissingYearsAndLevels) {
  auto at = [](double years, Seniority level) {
    Profile p = person();
    p.summary.years_of_experience = years;
    p.summary.career_level = level;
    return scored(p, posting()).experience.score;
  };
  EXPECT_GT(at(5, Seniority::senior), at(3, Seniority::senior));
  EXPECT_GT(at(3, Seniority::senior), at(3, Seniority::mid));
  EXPECT_GT(at(3, Seniority::mid), at(1, Seniority::junior));
}

TEST(Rubric, LocationsAreOrderedAsAPersonWould) {
  auto at = [](const char* city, const char* country, Workplace workplace) {
    Job j = posting();
    j.city = city;
    j.location = city;
    j.country = country;
    j.workplace = workplace;
    return scored(person(), j).location;
  };
  auto berlin = at("Berlin", "DE", Workplace::on_site).score;
  auto hamburg = at("Hamburg", "DE", Workplace::on_site).score;
  auto hybrid = at("Hamburg", "DE", Workplace::hybrid).score;
  auto paris = at("Paris", "FR", Workplace::on_site).score;
  auto austin = at("Austin", "US", Workplace::on_site).score;
  EXPECT_EQ(berlin, full_marks);
  EXPECT_GT(berlin, hybrid);
  EXPECT_GT(hybrid, hamburg);
  EXPECT_GT(hamburg, paris);
  EXPECT_GT(paris, austin);
  EXPECT_EQ(austin, 0) << "not authorised";
  EXPECT_GE(at("Hamburg", "DE", Workplace::remote).score, 90'000);
  EXPECT_TRUE(at("", "", Workplace::unknown).unknown);
}

TEST(Rubric, WhoWantsOnlyRemoteDoesNotGetAnOfficeRankedHigh) {
  Profile p = person();
  p.preferences.preferred_locations = {"Remote"};
  EXPECT_LE(scored(p, posting()).location.score, 35'000);
  Job remote = posting();
  remote.workplace = Workplace::remote;
  EXPECT_EQ(scored(p, remote).location.score, full_marks);
}

TEST(Rubric, SalariesCompareInOneCurrencyOnly) {
  auto pay = [](std::int64_t min, std::int64_t max, const char* currency, bool predicted) {
    Job j = posting();
    j.salary_min = min;
    j.salary_max = max;
    j.salary_currency = currency;
    j.salary_predicted = predicted;
    return scored(person(), j).salary;
  };
  EXPECT_EQ(pay(80'000, 95'000, "EUR", false).score, full_marks);
  EXPECT_EQ(pay(80'000, 95'000, "EUR", true).score, 75'000);
  EXPECT_LT(pay(60'000, 85'000, "EUR", false).score, full_marks);
  EXPECT_GT(pay(60'000, 85'000, "EUR", false).score, pay(60'000, 79'000, "EUR", false).score);
  EXPECT_EQ(pay(20'000, 30'000, "EUR", false).score, 0);
  auto dollars = pay(80'000, 95'000, "USD", false);
  EXPECT_TRUE(dollars.unknown);
  EXPECT_EQ(dollars.score, neutral_marks);
}

TEST(Rubric, NothingKnownIsNeutralAndSaysSo) {
  auto s = scored({}, {});
  for (const auto& part : {s.skills, s.experience, s.location, s.salary, s.culture}) {
    EXPECT_TRUE(part.unknown);
    EXPECT_EQ(part.score, neutral_marks);
  }
  EXPECT_EQ(s.total, neutral_marks);
}

TEST(Titles, NameTheSameWorkInManyWays) {
  auto near = [](const char* a, const char* b) {
    return title_similarity(read_title(a), read_title(b));
  };
  EXPECT_EQ(near("Senior Backend Engineer", "Backend Developer (m/w/d)"), 1000);
  EXPECT_EQ(near("Full-Stack Developer", "Fullstack Engineer"), 1000);
  EXPECT_EQ(near("Softwareentwickler", "Software Engineer"), 1000);
  EXPECT_GE(near("Software Engineer", "Backend Engineer"), 500);
  EXPECT_GE(near("Registered Nurse", "Staff Nurse - Intensive Care"), 500);
  EXPECT_LT(near("Sales Engineer", "Backend Engineer"), 350);
  EXPECT_EQ(near("Nurse", "Software Engineer"), 0);
  EXPECT_EQ(near("Senior (m/f/d)", "Senior (m/f/d)"), 0) << "no word of work in it";
}

TEST(Reasons, SayWhatFitsAndWhatIsMissing) {
  Job job = posting();
  job.skills = {"Python", "PostgreSQL", "Terraform", "Fortran"};
  job.years_required = 10;
  job.salary_min = 50'000;
  job.salary_max = 60'000;
  auto reasons = explain(person(), job);
  auto text_of = [](const std::vector<RubricReason>& list, std::string_view code) -> std::string {
    for (const auto& reason : list)
      if (reason.code == code)
        return reason.text;
    return "";
  };
  EXPECT_EQ(text_of(reasons.match, "skills.covered"),
            "has 2 of 4 skills asked: Python, PostgreSQL");
  EXPECT_NE(text_of(reasons.mismatch, "skills.missing").find("Fortran"), std::string::npos);
  EXPECT_EQ(text_of(reasons.mismatch, "experience.years"),
            "only 6 years of experience, 10 years asked");
  EXPECT_EQ(text_of(reasons.mismatch, "salary.low"), "pays up to 60000 EUR, wanted from 80000");
  EXPECT_EQ(text_of(reasons.match, "location.place"), "Berlin, Germany suits");
  auto nothing = explain({}, {});
  EXPECT_TRUE(nothing.match.empty());
  EXPECT_TRUE(nothing.mismatch.empty());
  EXPECT_FALSE(nothing.unknown.empty());
}

}  // namespace
}  // namespace jobraker::matching
