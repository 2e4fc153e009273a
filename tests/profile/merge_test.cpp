#include "actors/profile/core/merge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Time now_ = *parse_rfc3339("2024-06-15");

Profile known() {
  Profile p;
  p.version = 3;
  p.created_at = *parse_rfc3339("2020-01-01");
  p.personal_info.full_name = "Jane Doe";
  p.personal_info.phone = "+49 30 1234567";
  p.preferences.desired_roles = {"Pilot"};
  p.preferences.salary_range_max = 90000;
  p.preferences.salary_currency = "EUR";
  p.experience = {{"Cook", "Waiter"}, {"Uno", ""}, {"Food"}, {"", "served"}};
  p.evidence = {{"/personal_info/full_name", 0, 8, "Jane Doe"},
                {"/experience/job_titles/0", 10, 14, "Cook"},
                {"/experience/job_titles/1", 20, 26, "Waiter"}};
  return p;
}

TEST(Merge, ReplacesWhatTheResumeStatesAndKeepsTheRest) {
  ParsedResume resume;
  resume.profile.personal_info.full_name = "Jane Smith";
  resume.profile.experience = {{"Chef"}, {"Due"}, {}, {""}};
  resume.profile.preferences.salary_range_min = 100000;
  resume.profile.evidence = {{"/personal_info/full_name", 1, 11, "Jane Smith"},
                             {"/experience/job_titles/0", 20, 24, "Chef"}};
  auto p = merge(known(), resume, now_);
  EXPECT_EQ(p.personal_info.full_name, "Jane Smith");
  EXPECT_EQ(p.personal_info.phone, "+49 30 1234567");
  EXPECT_THAT(p.experience.job_titles, ElementsAre("Chef"));
  EXPECT_THAT(p.experience.companies, ElementsAre("Due"));
  EXPECT_THAT(p.experience.industries, ElementsAre("Food"));
  EXPECT_THAT(p.preferences.desired_roles, ElementsAre("Pilot"));
  // The old upper end belonged to another range.
  EXPECT_EQ(p.preferences.salary_range_min, 100000);
  EXPECT_EQ(p.preferences.salary_range_max, std::nullopt);
  EXPECT_EQ(p.evidence.size(), 2U);
  EXPECT_EQ(p.version, 4);
  EXPECT_EQ(p.updated_at, now_);
  EXPECT_EQ(p.last_resume_upload, now_);
  EXPECT_EQ(p.created_at, known().created_at);
}

TEST(Merge, OfTheSameResumeTwiceChangesOnlyTheVersion) {
  EXPECT_TRUE(rc::check([](std::vector<std::string> titles, std::vector<std::string> skills,
                           bool named) {
    ParsedResume resume;
    resume.profile.experience.job_titles = titles;
    resume.profile.experience.companies.resize(titles.size());
    resume.profile.experience.experience_descriptions.resize(titles.size());
    resume.profile.skills.tools_platforms = skills;
    if (named)
      resume.profile.personal_info.full_name = "Jane Smith";
    for (std::size_t i = 0; i < titles.size(); ++i)
      resume.profile.evidence.push_back({"/experience/job_titles/" + std::to_string(i), 0, 1, "x"});
    auto once = merge(known(), resume, now_), twice = merge(once, resume, now_);
    RC_ASSERT(once.personal_info == twice.personal_info);
    RC_ASSERT(once.experience == twice.experience);
    RC_ASSERT(once.skills == twice.skills);
    RC_ASSERT(once.preferences == twice.preferences);
    RC_ASSERT(once.evidence.size() == twice.evidence.size());
    RC_ASSERT(once.experience.job_titles.size() == once.experience.companies.size());
    RC_ASSERT(twice.version == once.version + 1);
  }));
}

TEST(Merge, OfAnEmptyResumeTakesNothingAway) {
  auto p = merge(known(), {}, now_);
  EXPECT_EQ(p.personal_info, known().personal_info);
  EXPECT_EQ(p.experience, known().experience);
  EXPECT_EQ(p.preferences, known().preferences);
  EXPECT_EQ(p.evidence, known().evidence);
}

}  // namespace
}  // namespace jobraker
