#include "actors/profile/core/merge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/codec.hpp"

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

TEST(Merge, TakesAwayWhatOnlyTheResumeBeforeSaid) {
  auto current = known();
  current.summary = {8.5, Seniority::senior, "typed"};
  current.skills.programming_languages = {"C++", "Welsh", "Go"};
  current.education.degrees = {"BSc"};
  current.preferences.preferred_locations = {"Bath", "Bristol"};
  current.ai_insights = {"Writes C++.", {"C++"}, {}, "Learn Rust."};
  for (auto at : {"/skills/programming_languages/0", "/skills/programming_languages/2",
                  "/education/degrees/0", "/preferences/preferred_locations/0"})
    current.evidence.push_back({at, 0, 3, "old"});
  ParsedResume nurse;
  nurse.profile.skills.tools_platforms = {"Triage"};
  nurse.profile.ai_insights.ai_strengths = {"Calm"};
  nurse.profile.evidence = {{"/skills/tools_platforms/0", 4, 10, "Triage"}};
  auto p = merge(current, nurse, now_);
  EXPECT_EQ(p.personal_info.full_name, std::nullopt);
  EXPECT_EQ(p.personal_info.phone, known().personal_info.phone);  // typed
  EXPECT_THAT(p.skills.programming_languages, ElementsAre("Welsh"));
  EXPECT_THAT(p.skills.tools_platforms, ElementsAre("Triage"));
  EXPECT_THAT(p.experience.job_titles, IsEmpty());
  EXPECT_THAT(p.experience.companies, IsEmpty());
  EXPECT_THAT(p.experience.experience_descriptions, IsEmpty());
  EXPECT_THAT(p.experience.industries, ElementsAre("Food"));
  EXPECT_EQ(p.summary, (ProfileSummary{{}, {}, "typed"}));
  EXPECT_THAT(p.education.degrees, IsEmpty());
  EXPECT_THAT(p.preferences.preferred_locations, ElementsAre("Bristol"));
  EXPECT_THAT(p.preferences.desired_roles, ElementsAre("Pilot"));
  EXPECT_EQ(p.ai_insights, nurse.profile.ai_insights);
  EXPECT_EQ(p.evidence, nurse.profile.evidence);
}

TEST(Merge, KeepsEmploymentsTypedByHandAndWhatFollowsFromThem) {
  auto current = known();
  current.experience = {{"Cook", "Pilot", "Waiter"}, {"Uno", "", "Due"}, {}, {"", "flew", ""}};
  current.evidence = {{"/experience/companies/0", 0, 3, "Uno"},
                      {"/experience/job_titles/2", 4, 10, "Waiter"}};
  auto p = merge(current, {}, now_);
  EXPECT_EQ(p.experience, (Experience{{"Pilot"}, {""}, {}, {"flew"}}));
  current.evidence.clear();
  current.summary.years_of_experience = 3;
  current.summary.career_level = Seniority::mid;
  p = merge(current, {}, now_);
  EXPECT_EQ(p.experience, current.experience);
  EXPECT_EQ(p.summary, current.summary);
}

TEST(Merge, KeepsTheCurrencyOfAnAmountTypedByHand) {
  auto current = known();
  current.preferences.salary_range_min = 70000;
  current.evidence = {{"/preferences/salary_range_min", 0, 5, "70000"},
                      {"/preferences/salary_currency", 6, 9, "EUR"}};
  auto p = merge(current, {}, now_).preferences;
  EXPECT_EQ(p.salary_range_min, std::nullopt);
  EXPECT_EQ(p.salary_range_max, 90000);
  EXPECT_EQ(p.salary_currency, "EUR");
  current.preferences.salary_range_max.reset();
  EXPECT_EQ(merge(current, {}, now_).preferences.salary_currency, std::nullopt);
}

TEST(Merge, OfAnEmptyResumeKeepsWhatWasTypedByHand) {
  auto typed = known();
  typed.evidence.clear();
  auto p = merge(typed, {}, now_);
  EXPECT_EQ(p.personal_info, typed.personal_info);
  EXPECT_EQ(p.experience, typed.experience);
  EXPECT_EQ(p.preferences, typed.preferences);
  EXPECT_THAT(p.evidence, IsEmpty());
}

/// A résumé whose every word starts with `mark`, with evidence of all it states.
ParsedResume any_resume(const std::string& mark) {
  ParsedResume out;
  auto& p = out.profile;
  int count = 0;
  auto word = [&] { return mark + std::to_string(count++); };
  auto say = [&](const std::string& at, const std::string& quote) {
    p.evidence.push_back({at, 0, static_cast<std::int64_t>(quote.size()), quote});
  };
  auto some = [&] { return *rc::gen::inRange<std::size_t>(0, 4); };
  auto one = [&](const std::string& at, std::optional<std::string>& value) {
    if (some() % 2 == 0)
      return;
    value = word();
    say(at, *value);
  };
  auto list = [&](const std::string& at, Strings& values, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      values.push_back(word());
      say(at + "/" + std::to_string(i), values.back());
    }
  };
  one("/personal_info/full_name", p.personal_info.full_name);
  one("/personal_info/location", p.personal_info.location);
  one("/summary/professional_summary", p.summary.professional_summary);
  list("/skills/programming_languages", p.skills.programming_languages, some());
  list("/skills/tools_platforms", p.skills.tools_platforms, some());
  list("/education/degrees", p.education.degrees, some());
  list("/preferences/desired_roles", p.preferences.desired_roles, some());
  list("/experience/industries", p.experience.industries, some());
  auto rows = some();
  list("/experience/job_titles", p.experience.job_titles, rows);
  list("/experience/companies", p.experience.companies, rows);
  for (std::size_t i = 0; i < rows; ++i)  // set out anew by the model: without evidence
    p.experience.experience_descriptions.push_back(word());
  one("/none", p.ai_insights.ai_profile_summary);
  std::erase_if(p.evidence, [](const Evidence& e) { return e.pointer == "/none"; });
  return out;
}

/// The value a JSON pointer names, or a null view.
json::View at(json::View node, std::string_view pointer) {
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    auto name = pointer.substr(0, pointer.find('/'));
    node = node.is_array() ? node.at(std::stoul(std::string{name})) : node[name];
    pointer.remove_prefix(name.size());
  }
  return node;
}

TEST(Merge, LeavesNothingOfTheResumeBeforeAndNoEvidenceThatPointsAtNothing) {
  ASSERT_TRUE(rc::check([] {
    auto typed = any_resume("hand").profile;
    typed.evidence.clear();
    auto next = any_resume("new");
    auto p = merge(merge(typed, any_resume("old"), now_), next, now_);
    auto text = json::encode(p);
    RC_ASSERT(text.find("\"old") == std::string::npos);
    RC_ASSERT(p.evidence == next.profile.evidence);
    auto document = json::Document::parse(text);
    RC_ASSERT(document.has_value());
    for (const auto& e : p.evidence) {
      RC_ASSERT(e.quote.starts_with("new"));
      RC_ASSERT(at(document->root(), e.pointer).string_or("") == e.quote);
    }
    RC_ASSERT(p.experience.job_titles.size() == p.experience.companies.size());
    RC_ASSERT(p.experience.job_titles.size() == p.experience.experience_descriptions.size());
    RC_ASSERT(p.ai_insights == next.profile.ai_insights);
    // Typed by hand and never contradicted: still there.
    auto straight = merge(typed, next, now_);
    if (next.profile.personal_info.full_name == std::nullopt)
      RC_ASSERT(straight.personal_info.full_name == typed.personal_info.full_name);
    if (next.profile.skills.tools_platforms.empty())
      RC_ASSERT(straight.skills.tools_platforms == typed.skills.tools_platforms);
    if (next.profile.experience.job_titles.empty())
      RC_ASSERT(straight.experience.job_titles == typed.experience.job_titles);
  }));
}

}  // namespace
}  // namespace jobraker
