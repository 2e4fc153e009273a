#include "actors/skills/skills.hpp"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

std::string name_of_skill(std::string_view spelling) {
  auto found = canonical(spelling);
  return found ? std::string{found->name} : "";
}

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names;
  for (const auto& skill : skills_in(text))
    names.emplace_back(skill.name);
  return names;
}

TEST(SkillTable, IsWideAndEveryNameFindsItself) {
  EXPECT_GE(all_skills().size(), 600U);
  std::set<std::string_view> domains;
  for (const auto& skill : all_skills()) {
    domains.insert(skill.domain);
    auto found = canonical(skill.name);
    ASSERT_TRUE(found) << skill.name;
    EXPECT_EQ(found->name, skill.name);
  }
  EXPECT_THAT(domains, Contains("health"));
  EXPECT_THAT(domains, Contains("construction"));
  EXPECT_GE(domains.size(), 14U);
}

TEST(Canonical, SeesThroughCasePunctuationPluralAndVersion) {
  const std::map<std::string, std::string> table = {{"nodejs", "Node.js"},
                                                    {"NODE.JS", "Node.js"},
                                                    {"Node JS", "Node.js"},
                                                    {"golang", "Go"},
                                                    {"go", "Go"},
                                                    {"c", "C"},
                                                    {"C++", "C++"},
                                                    {"cpp", "C++"},
                                                    {"C#", "C#"},
                                                    {"c sharp", "C#"},
                                                    {"r", "R"},
                                                    {".net", ".NET"},
                                                    {".NET Core", ".NET Core"},
                                                    {"ASP.NET", "ASP.NET"},
                                                    {"Java 17", "Java"},
                                                    {"Python 3.8", "Python"},
                                                    {"python3", "Python"},
                                                    {"REST API", "REST APIs"},
                                                    {"restful apis", "REST APIs"},
                                                    {"postgres", "PostgreSQL"},
                                                    {"k8s", "Kubernetes"},
                                                    {"Python (Programming Language)", "Python"},
                                                    {"MS Excel", "Microsoft Excel"},
                                                    {"CDL-A", "Commercial driver's license"},
                                                    {"tig welding", "TIG welding"},
                                                    {"Team-Player", "Teamwork"},
                                                    {"R&D", ""},
                                                    {"underwater basketry", ""},
                                                    {"", ""},
                                                    {"---", ""}};
  for (const auto& [spelling, name] : table)
    EXPECT_EQ(name_of_skill(spelling), name) << spelling;
}

TEST(SkillKey, IsOneForAllSpellingsOfASkillKnownOrNot) {
  EXPECT_EQ(skill_key("ReactJS"), skill_key("react.js"));
  EXPECT_NE(skill_key("C"), skill_key("C++"));
  EXPECT_NE(skill_key("C#"), skill_key("C++"));
  EXPECT_EQ(skill_key("Basket-Weaving"), skill_key("basket weaving"));
  EXPECT_NE(skill_key("basket weaving"), skill_key("basket making"));
}

TEST(FindSkills, TakesTheLongestWholeWords) {
  EXPECT_THAT(names_in("JavaScript and Java; React Native, TypeScript."),
              ElementsAre("JavaScript", "Java", "React Native", "TypeScript"));
  EXPECT_THAT(names_in("Javanese scalable pythonic"), IsEmpty());
  std::string_view text = "We use CI/CD with machine\nlearning.";
  auto found = find_skills(text);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(text.substr(found[0].begin, found[0].end - found[0].begin), "CI/CD");
  EXPECT_EQ(text.substr(found[1].begin, found[1].end - found[1].begin), "machine\nlearning");
  EXPECT_THAT(names_in("machine, learning"), IsEmpty());
}

TEST(FindSkills, KeepsTheFamilyOfCApart) {
  EXPECT_THAT(names_in("Languages: C, C++, C#, R, Go and .NET"),
              ElementsAre("C", "C++", "C#", "R", "Go", ".NET"));
}

TEST(FindSkills, PassesOverOrdinaryWordsThatAreAlsoNames) {
  for (std::string_view text :
       {"Let's go and see. Go to the office.", "R&D department, C-level managers",
        "In spring we excel at swift delivery.", "Vitamin C, vitamin D", "John C. Smith",
        "Class C license", "He will react to access rights.",
        "The net salary; the chef said a word", "planning to see the research"})
    EXPECT_THAT(names_in(text), IsEmpty()) << text;
}

TEST(FindSkills, TakesSuchWordsWhereSkillsStand) {
  EXPECT_THAT(names_in("Python, Go, Kubernetes"), Contains("Go"));
  EXPECT_THAT(names_in("a Go developer"), Contains("Go"));
  EXPECT_THAT(names_in("worked with Spring and Hibernate"), Contains("Spring Framework"));
  EXPECT_THAT(names_in("\xE2\x80\xA2 Excel\n\xE2\x80\xA2 Word"), Contains("Microsoft Excel"));
  EXPECT_THAT(names_in("Soft skills: communication, planning, research"), Contains("Planning"));
}

TEST(FindSkills, IgnoresAddressesAndReadsGluedHeadings) {
  EXPECT_THAT(names_in("https://react.dev/java jane@python.org github.com/jane www.docker.com"),
              IsEmpty());
  EXPECT_THAT(names_in("SkillsPython and ExperienceJava"), ElementsAre("Python", "Java"));
}

TEST(Related, KnowsKinAndIsSymmetric) {
  EXPECT_EQ(related("Node.js", "nodejs"), 1);
  EXPECT_GT(related("React", "Vue.js"), 0.3);
  EXPECT_EQ(related("React", "Vue.js"), related("Vue.js", "React"));
  EXPECT_EQ(related("React", "Welding"), 0);
  EXPECT_EQ(related("basket weaving", "Basket-weaving"), 1);
  EXPECT_EQ(related("basket weaving", "pottery"), 0);
}

TEST(FindSkills, NeverOverlapsAndStaysInsideAnyText) {
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& noise) {
    std::string text;
    for (std::size_t i = 0; i < noise.size(); ++i)
      text.append(noise[i])
        .append(i % 3 ? " " : ", ")
        .append(all_skills()[(i * 37) % all_skills().size()].name);
    std::size_t end = 0;
    for (const auto& m : find_skills(text)) {
      RC_ASSERT(m.begin >= end);
      RC_ASSERT(m.begin < m.end);
      RC_ASSERT(m.end <= text.size());
      end = m.end;
    }
  }));
}

TEST(FindSkills, FindsEverySpellingItCallsCertainInsideASentence) {
  // A name that stands between commas beside a certain skill is in a place for skills, whatever it
  // is.
  int missed = 0;
  for (const auto& skill : all_skills()) {
    auto text = "Kubernetes, " + std::string{skill.name} + ", Docker";
    missed += testing::Value(names_in(text), Contains(std::string{skill.name})) ? 0 : 1;
  }
  EXPECT_EQ(missed, 0);
}

}  // namespace
}  // namespace jobraker
