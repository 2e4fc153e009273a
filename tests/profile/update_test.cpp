#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/profile/core/merge.hpp"

namespace jobraker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Time now_ = *parse_rfc3339("2024-06-15");

Profile known() {
  Profile p;
  p.version = 3;
  p.created_at = p.updated_at = *parse_rfc3339("2020-01-01");
  p.personal_info.full_name = "Jane Doe";
  p.personal_info.email = "jane@example.org";
  p.skills.programming_languages = {"Go", "Python"};
  p.experience = {{"Cook", "Waiter"}, {"Uno", ""}, {}, {"", "served"}};
  p.preferences.salary_range_min = 50000;
  p.evidence = {{"/personal_info/full_name", 0, 8, "Jane Doe"},
                {"/skills/programming_languages/0", 10, 12, "Go"},
                {"/skills/programming_languages/1", 14, 20, "Python"}};
  return p;
}

Result<Profile> update(std::string_view body) {
  auto document = json::Document::parse(body);
  EXPECT_TRUE(document) << body;
  return apply_update(known(), document->root(), now_);
}

TEST(Update, ReplacesPresentMembersClearsNullsAndKeepsAbsentOnes) {
  auto p = update(
    R"({"personal_info":{"full_name":" Jane Smith ","email":null},"skills":{"programming_languages":["Go","Rust"]},
                      "preferences":{"job_types":["full_time"],"salary_range_max":60000,"salary_currency":"EUR"}})");
  ASSERT_TRUE(p) << p.error().detail;
  EXPECT_EQ(p->personal_info.full_name, "Jane Smith");
  EXPECT_EQ(p->personal_info.email, std::nullopt);
  EXPECT_THAT(p->skills.programming_languages, ElementsAre("Go", "Rust"));
  EXPECT_EQ(p->preferences.salary_range_min, 50000);
  EXPECT_EQ(p->preferences.salary_range_max, 60000);
  EXPECT_EQ(p->version, 4);
  EXPECT_EQ(p->updated_at, now_);
  EXPECT_EQ(p->created_at, known().created_at);
  // Of the evidence only that of the entry that stayed is left.
  ASSERT_EQ(p->evidence.size(), 1U);
  EXPECT_EQ(p->evidence[0].pointer, "/skills/programming_languages/0");
}

TEST(Update, OfASectionToNullClearsIt) {
  auto p = update(R"({"skills":null,"summary":null})");
  ASSERT_TRUE(p);
  EXPECT_EQ(p->skills, Skills{});
  EXPECT_EQ(p->evidence.size(), 1U);
}

TEST(Update, ThatChangesNothingIsNoNewVersion) {
  for (auto body :
       {"{}", R"({"personal_info":{}})", R"({"personal_info":{"full_name":"Jane Doe"}})"}) {
    auto p = update(body);
    ASSERT_TRUE(p) << p.error().detail;
    EXPECT_EQ(p->version, 3);
    EXPECT_EQ(p->updated_at, known().updated_at);
  }
}

TEST(Update, PadsTheColumnsOfEmployments) {
  auto p = update(R"({"experience":{"job_titles":["Cook","Waiter","Chef"]}})");
  ASSERT_TRUE(p);
  EXPECT_THAT(p->experience.companies, ElementsAre("Uno", "", ""));
  EXPECT_THAT(p->experience.experience_descriptions, ElementsAre("", "served", ""));
}

TEST(Update, NamesEveryProblemByItsPlace) {
  struct Case {
    const char* body;
    const char* pointer;
    const char* detail;
  };
  const Case cases[] = {
    {R"({"skils":{}})", "/skils", "did you mean skills"},
    {R"({"personal_info":{"fullname":"x"}})", "/personal_info/fullname", "did you mean full_name"},
    {R"({"personal_info":{"full_name":7}})", "/personal_info/full_name", "must be a string"},
    {R"({"personal_info":{"full_name":" "}})", "/personal_info/full_name", "must not be empty"},
    {R"({"personal_info":{"email":"jane@"}})", "/personal_info/email", "e-mail"},
    {R"({"personal_info":{"email":"a b@example.org"}})", "/personal_info/email", "e-mail"},
    {R"({"personal_info":{"phone":"call me"}})", "/personal_info/phone", "telephone"},
    {R"({"personal_info":[]})", "/personal_info", "must be an object"},
    {R"({"summary":{"years_of_experience":99}})", "/summary/years_of_experience", "at most 70"},
    {R"({"summary":{"career_level":"boss"}})", "/summary/career_level", "must be one of"},
    {R"({"skills":{"tools_platforms":["Docker","docker"]}})", "/skills/tools_platforms/1", "twice"},
    {R"({"skills":{"programming_languages":["Go","golang"]}})", "/skills/programming_languages/1",
     "twice"},
    {R"({"skills":{"soft_skills":[""]}})", "/skills/soft_skills/0", "must not be empty"},
    {R"({"skills":{"soft_skills":"kind"}})", "/skills/soft_skills", "must be a list"},
    {R"({"experience":{"job_titles":["Cook"]}})", "/experience/companies", "belong together"},
    {R"({"experience":{"companies":["a","b","c"]}})", "/experience/companies", "belong together"},
    {R"({"education":{"graduation_years":[1066]}})", "/education/graduation_years/0",
     "at least 1930"},
    {R"({"preferences":{"salary_range_max":40000}})", "/preferences/salary_range_min", "above"},
    {R"({"preferences":{"salary_currency":"eur"}})", "/preferences/salary_currency", "capital"},
    {R"({"preferences":{"salary_range_min":-1}})", "/preferences/salary_range_min", "at least 0"},
    {R"({"preferences":{"job_types":["full_time","full_time"]}})", "/preferences/job_types/1",
     "twice"}};
  for (const auto& c : cases) {
    auto p = update(c.body);
    ASSERT_FALSE(p) << c.body;
    EXPECT_EQ(p.error().code, Errc::invalid);
    ASSERT_FALSE(p.error().fields.empty());
    EXPECT_EQ(p.error().fields[0].pointer, c.pointer) << c.body;
    EXPECT_THAT(p.error().fields[0].detail, HasSubstr(c.detail)) << c.body;
  }
  auto two = update(R"({"skils":1,"personal_info":{"email":1}})");
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().fields.size(), 2U);
}

TEST(Update, OfAnythingButAnObjectIsRefused) {
  for (auto body : {"[]", "null", "7", "\"x\""}) {
    auto p = update(body);
    ASSERT_FALSE(p);
    EXPECT_EQ(p.error().code, Errc::invalid);
  }
}

}  // namespace
}  // namespace jobraker
