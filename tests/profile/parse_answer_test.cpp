#include "actors/profile/core/parse_answer.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/codec.hpp"

namespace jobraker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view resume = R"(Jane Doe
jane.doe@example.org | +49 (30) 1234-567 | Berlin, Germany
EU citizen, no visa needed

Seasoned engineer who likes calm systems.

Experience
Senior Engineer, Acme Labs
Jan 2019 – present
• Built billing in Golang. Cut costs by 20%.
Developer | Beta GmbH | 03/2015 - 12/2018
Wrote tools in C++ and python.
Summer job: Barista, Cafe Uno, 2014

Skills: Go, C++, Python, ReactJS, PostgreSQL, teamwork, basket weaving

Education
BSc Computer Science, TU Berlin, 2014. Courses: Compilers, Databases

Looking for: Backend Engineer, full-time, Berlin or Remote, 70-80k EUR)";

Time at(const char* date) { return *parse_rfc3339(date); }
const Time now_ = at("2024-06-15");

/// An answer of the right shape with some members replaced.
std::string answer(std::string sections) { return "{" + std::move(sections) + "}"; }

ParsedResume parsed(const std::string& text, std::string_view document = resume) {
  auto result = parse_answer(document, text, now_);
  EXPECT_TRUE(result) << (result ? "" : result.error().detail);
  return result ? *result : ParsedResume{};
}

bool dropped(const ParsedResume& r, std::string_view pointer) {
  return std::any_of(r.dropped.begin(), r.dropped.end(),
                     [&](const auto& d) { return d.pointer == pointer; });
}

TEST(ParseAnswer, TakesWhatTheTextStatesWithItsPlace) {
  auto r = parsed(answer(R"("personal_info":{
    "full_name":{"value":"Jane Doe","evidence":"Jane Doe"},
    "email":{"value":"jane.doe@example.org","evidence":"jane.doe@example.org"},
    "phone":{"value":"+49301234567","evidence":"+49 (30) 1234-567"},
    "location":{"value":"Berlin, Germany","evidence":"Berlin, Germany"},
    "work_authorization":{"value":"EU citizen","evidence":"EU citizen, no visa needed"}},
    "professional_summary":{"value":"Seasoned engineer who likes calm systems.","evidence":"Seasoned engineer who likes calm systems."})"));
  EXPECT_EQ(r.profile.personal_info.full_name, "Jane Doe");
  EXPECT_EQ(r.profile.personal_info.email, "jane.doe@example.org");
  EXPECT_EQ(r.profile.personal_info.phone, "+49301234567");
  EXPECT_EQ(r.profile.personal_info.work_authorization, "EU citizen");
  EXPECT_TRUE(r.profile.summary.professional_summary);
  EXPECT_THAT(r.dropped, IsEmpty());
  ASSERT_EQ(r.profile.evidence.size(), 6U);
  for (const auto& e : r.profile.evidence)
    EXPECT_EQ(
      resume.substr(static_cast<std::size_t>(e.begin), static_cast<std::size_t>(e.end - e.begin)),
      e.quote);
}

TEST(ParseAnswer, DropsWhatIsMadeUp) {
  auto r = parsed(answer(R"("personal_info":{
    "full_name":{"value":"John Smith","evidence":"Jane Doe"},
    "email":{"value":"x@example.org","evidence":"x@example.org"},
    "phone":{"value":"+49 111 222333","evidence":"+49 (30) 1234-567"},
    "location":{"value":"Paris","evidence":"Berlin, Germany"}},
    "skills":[{"name":"Haskell","category":"programming_language","evidence":"Golang"},
              {"name":"Erlang","category":"programming_language","evidence":"Erlang"}],
    "experience":[{"title":"CEO","company":"Acme Labs","evidence":"Senior Engineer, Acme Labs"}],
    "education":[{"degree":"PhD","institution":"TU Berlin","graduation_year":2013,"coursework":["Magic"],
                  "evidence":"BSc Computer Science, TU Berlin, 2014"}])"));
  EXPECT_EQ(r.profile.personal_info, PersonalInfo{});
  EXPECT_EQ(r.profile.skills, Skills{});
  EXPECT_EQ(r.profile.experience, Experience{});
  EXPECT_THAT(r.profile.education.degrees, IsEmpty());
  EXPECT_THAT(r.profile.education.graduation_years, IsEmpty());
  EXPECT_THAT(r.profile.education.relevant_coursework, IsEmpty());
  EXPECT_THAT(r.profile.education.institutions, ElementsAre("TU Berlin"));
  for (auto pointer :
       {"/personal_info/full_name", "/personal_info/email", "/personal_info/phone",
        "/personal_info/location", "/skills/0", "/skills/1", "/experience/0/title",
        "/education/0/degree", "/education/0/graduation_year", "/education/0/coursework/0"})
    EXPECT_TRUE(dropped(r, pointer)) << pointer;
}

TEST(ParseAnswer, GivesSkillsTheirCanonicalNameListAndOneEntry) {
  auto r = parsed(answer(R"("skills":[
    {"name":"Golang","category":"tool_platform","evidence":"Golang"},
    {"name":"Go","category":"programming_language","evidence":"Go"},
    {"name":"React","category":"tool_platform","evidence":"ReactJS"},
    {"name":"python","category":"programming_language","evidence":"python"},
    {"name":"Teamwork","category":"tool_platform","evidence":"teamwork"},
    {"name":"basket weaving","category":"soft_skill","evidence":"basket weaving"}])"));
  EXPECT_THAT(r.profile.skills.programming_languages, ElementsAre("Go", "Python"));
  EXPECT_THAT(r.profile.skills.frameworks_libraries, ElementsAre("React"));
  EXPECT_THAT(r.profile.skills.soft_skills, ElementsAre("Teamwork", "basket weaving"));
  EXPECT_THAT(r.profile.skills.tools_platforms, IsEmpty());
}

constexpr const char* jobs = R"("experience":[
  {"title":"Developer","company":"Beta GmbH","industry":null,"start":"2015-03","end":"2018-12",
   "description":"Wrote tools in C++ and python. Won the Nobel prize.","evidence":"Developer | Beta GmbH | 03/2015 - 12/2018"},
  {"title":"Barista","company":"Cafe Uno","industry":null,"start":"2014","end":"2014","description":null,"evidence":"Barista, Cafe Uno, 2014"},
  {"title":"Senior Engineer","company":"Acme Labs","industry":"Space","start":"2019-01","end":"present",
   "description":"Built billing in Golang. Cut costs by 20%.","evidence":"Senior Engineer, Acme Labs Jan 2019 - present"}])";

TEST(ParseAnswer, ComputesYearsAndLevelAndPutsEmploymentsNewestFirst) {
  auto r = parsed(answer(jobs));
  const auto& e = r.profile.experience;
  EXPECT_THAT(e.job_titles, ElementsAre("Senior Engineer", "Developer", "Barista"));
  EXPECT_THAT(e.companies, ElementsAre("Acme Labs", "Beta GmbH", "Cafe Uno"));
  EXPECT_THAT(e.experience_descriptions, ElementsAre("Built billing in Golang. Cut costs by 20%.",
                                                     "Wrote tools in C++ and python.", ""));
  EXPECT_THAT(e.industries, IsEmpty());
  // 2019-01 to 2024-06 are 66 months, 2015-03 to 2018-12 46, 2014 12.
  EXPECT_DOUBLE_EQ(r.profile.summary.years_of_experience.value_or(0), 10.3);
  EXPECT_EQ(r.profile.summary.career_level, Seniority::senior);
  EXPECT_TRUE(dropped(r, "/experience/0/description"));
  EXPECT_TRUE(dropped(r, "/experience/2/industry"));
}

TEST(ParseAnswer, BelievesDatesOnlyAsFarAsTheTextStatesThem) {
  auto years = [](const std::string& start, const std::string& end, const std::string& evidence,
                  std::string_view text) {
    auto r = parsed(answer(R"("experience":[{"title":"Cook","start":")" + start + R"(","end":")" +
                           end + R"(","evidence":")" + evidence + R"("}])"),
                    text);
    return r.profile.summary.years_of_experience;
  };
  EXPECT_EQ(years("2010-01", "present", "Cook", "Cook\n\n\n\n2020"), std::nullopt);
  EXPECT_EQ(years("2020-01", "2020-12", "Cook Jan 2020 - Dec 2020", "Cook Jan 2020 - Dec 2020"),
            1.0);
  EXPECT_EQ(years("2020-12", "2020-01", "Cook Dec 2020 - Jan 2020", "Cook Dec 2020 - Jan 2020"),
            1.0);
  EXPECT_EQ(years("2024-01", "2031-01", "Cook Jan 2024 - Jan 2031", "Cook Jan 2024 - Jan 2031"),
            0.5);
  EXPECT_EQ(years("2015", "2018", "Cook 2015 - 2018", "Cook 2015 - 2018"), 3.0);
  EXPECT_EQ(
    years("2021-06", "present", "Koch, Juni 2021 bis heute", "Koch, Juni 2021 bis heute, Cook"),
    3.1);
}

TEST(ParseAnswer, FindsSentencesThatDatesAtTheMarginCutInTwo) {
  auto r = parsed(
    answer(
      R"("experience":[{"title":"Founder","start":"2023-06","end":"present","evidence":"Nexus AI, Founder",
    "description":"Built models with 99.97% uptime. Was not responsible for sales."}])"),
    "Nexus AI, Founder\nBuilt models with 99.97%    June 2023 - present\nuptime 2 years 10 "
    "months\nWas responsible for sales.");
  EXPECT_THAT(r.profile.experience.experience_descriptions,
              ElementsAre("Built models with 99.97% uptime."));
  EXPECT_EQ(r.profile.summary.years_of_experience, 1.1);
}

TEST(ParseAnswer, ReadsPreferencesThatTheTextStates) {
  auto r = parsed(answer(R"("preferences":{
    "desired_roles":[{"value":"Backend Engineer","evidence":"Backend Engineer"},{"value":"backend engineer","evidence":"Backend Engineer"}],
    "preferred_locations":[{"value":"Remote","evidence":"Berlin or Remote"}],
    "job_types":[{"value":"full_time","evidence":"full-time"},{"value":"contract","evidence":"full-time"}],
    "salary":{"min":80000,"max":70000,"currency":"EUR","evidence":"70-80k EUR"},
    "company_size":{"value":"startup","evidence":"full-time"}})"));
  const auto& p = r.profile.preferences;
  EXPECT_THAT(p.desired_roles, ElementsAre("Backend Engineer"));
  EXPECT_THAT(p.preferred_locations, ElementsAre("Remote"));
  EXPECT_THAT(p.job_types, ElementsAre(JobType::full_time));
  EXPECT_EQ(p.salary_range_min, 70000);
  EXPECT_EQ(p.salary_range_max, 80000);
  EXPECT_EQ(p.salary_currency, "EUR");
  EXPECT_FALSE(p.company_size_preference);
  auto wrong = parsed(answer(
    R"("preferences":{"salary":{"min":90000,"max":null,"currency":"USD","evidence":"70-80k EUR"}})"));
  EXPECT_EQ(wrong.profile.preferences, Preferences{});
}

TEST(ParseAnswer, FindsTheObjectInAFencedBlockOrAmongWords) {
  auto body = answer(
    R"("insights":{"profile_summary":" You like calm. ","strengths":["Go",""],"improvement_areas":[],"career_advice":null})");
  for (const auto& text :
       {body, "```json\n" + body + "\n```", "Here you are:\n" + body + "\nGood luck!"})
    EXPECT_EQ(parsed(text).profile.ai_insights.ai_profile_summary, "You like calm.") << text;
  EXPECT_THAT(parsed(body).profile.ai_insights.ai_strengths, ElementsAre("Go"));
}

TEST(ParseAnswer, RefusesWhatIsNoAnswer) {
  for (const char* text :
       {"", "I am sorry, I cannot do that.", "[]", "[{}]", "{", "{\"skills\":[", "{\"skills\":{}}",
        "{}", "{\"a\":1}", "null", "{\"personal_info\":[]}", "{\"experience\":\"none\"}"}) {
    auto result = parse_answer(resume, text, now_);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, Errc::upstream_failed) << text;
  }
}

TEST(ParseAnswer, SurvivesMembersOfTheWrongType) {
  auto r = parsed(
    R"({"personal_info":{"full_name":"Jane","email":{"value":3,"evidence":[]}},"skills":[1,null,{"name":{}}],
    "experience":[null,{"title":[],"evidence":1}],"education":["x",{"graduation_year":"2014"}],"preferences":{"salary":[],"job_types":{}},
    "insights":{"strengths":"many"},"career_level":7})");
  EXPECT_EQ(r.profile.skills, Skills{});
  EXPECT_EQ(r.profile.experience, Experience{});
}

TEST(ParseAnswer, CutsToTheLimitsOfAProfile) {
  std::string text, skills;
  for (int i = 0; i < 150; ++i) {
    text += "skill" + std::to_string(i) + "q, ";
    skills += (i ? "," : "") + std::string{R"({"name":"skill)"} + std::to_string(i) +
              R"(q","category":"tool_platform","evidence":"skill)" + std::to_string(i) + R"(q"})";
  }
  text += std::string(300, 'a');
  auto r = parsed(R"({"skills":[)" + skills + R"(],"personal_info":{"full_name":{"value":")" +
                    std::string(300, 'a') + R"(","evidence":")" + std::string(300, 'a') + R"("}}})",
                  text);
  EXPECT_EQ(r.profile.skills.tools_platforms.size(), 100U);
  EXPECT_EQ(r.profile.personal_info.full_name, std::string(200, 'a'));
  EXPECT_TRUE(dropped(r, "/skills/149"));
  EXPECT_TRUE(dropped(r, "/personal_info/full_name"));
}

TEST(LevelOfTitle, IsWhatTheTitleSays) {
  auto level = [](std::string title) {
    return parsed(R"({"experience":[{"title":")" + title + R"(","evidence":")" + title + R"("}]})",
                  title)
      .profile.summary.career_level;
  };
  EXPECT_EQ(level("Software Engineering Intern"), Seniority::intern);
  EXPECT_EQ(level("Junior Accountant"), Seniority::junior);
  EXPECT_EQ(level("Sr. Welder"), Seniority::senior);
  EXPECT_EQ(level("Head of Nursing"), Seniority::lead);
  EXPECT_EQ(level("Chief Financial Officer"), Seniority::executive);
  EXPECT_EQ(level("Vice President, Sales"), Seniority::executive);
  EXPECT_EQ(level("Account Manager"), std::nullopt);
  EXPECT_EQ(level("Internal Auditor"), std::nullopt);
}

TEST(ParseAnswer, AlwaysGivesAProfileThatKeepsItsOwnRules) {
  static const std::vector<std::string> words = {"Jane",    "Doe",  "Go",      "C++", "2019",
                                                 "present", "Acme", "70k",     "EUR", "x@y.org",
                                                 "2031",    "",     "\xC3\xA9"};
  EXPECT_TRUE(rc::check([] {
    auto phrase = [] {
      std::string text;
      for (const auto& w : *rc::gen::resize(
             4, rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(words))))
        text += (text.empty() ? "" : " ") + w;
      return text;
    };
    auto item = [&] {
      return R"({"value":")" + phrase() + R"(","evidence":")" + phrase() + R"("})";
    };
    auto text = phrase() + "\n" + phrase() + "\n" + phrase();
    auto body = R"({"personal_info":{"full_name":)" + item() + R"(,"email":)" + item() +
                R"(,"phone":)" + item() + R"(},"skills":[{"name":")" + phrase() +
                R"(","category":"soft_skill","evidence":")" + phrase() +
                R"("}],"experience":[{"title":")" + phrase() + R"(","company":")" + phrase() +
                R"(","start":")" + phrase() + R"(","end":")" + phrase() + R"(","description":")" +
                phrase() + R"(","evidence":")" + phrase() + R"("}]})";
    auto r = parse_answer(text, body, now_);
    RC_ASSERT(r.has_value());
    r->profile.created_at = r->profile.updated_at = now_;
    r->profile.user_id = UserId::of("someone");
    RC_ASSERT(json::decode<Profile>(json::encode(r->profile)).has_value());
    const auto& e = r->profile.experience;
    RC_ASSERT(e.companies.size() == e.job_titles.size());
    RC_ASSERT(e.experience_descriptions.size() == e.job_titles.size());
    for (const auto& item_ : r->profile.evidence) {
      RC_ASSERT(item_.begin >= 0 && item_.begin < item_.end &&
                item_.end <= static_cast<std::int64_t>(text.size()));
      RC_ASSERT(text.substr(static_cast<std::size_t>(item_.begin), item_.quote.size()) ==
                item_.quote);
    }
  }));
}

}  // namespace
}  // namespace jobraker
