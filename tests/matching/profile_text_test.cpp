#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/matching/core/profile_text.hpp"

namespace jobraker::matching {
namespace {

PersonalInfo person() {
  return {"Maria Gonzalez-Ruiz", "maria.g@example.org", "+49 151 2345 6789",
          "Hauptstraße 5, 10115 Berlin, Germany", "EU citizen"};
}

Profile profile() {
  Profile p;
  p.personal_info = person();
  p.summary.professional_summary =
    "Maria Gonzalez-Ruiz builds things. Write to maria.g@example.org or m_g+jobs@mail.example.com, "
    "call "
    "0151 23456789 or (030) 123-4567, www.example.org/maria, Hauptstraße 5.";
  p.summary.career_level = Seniority::senior;
  p.skills.programming_languages = {"Python"};
  p.skills.soft_skills = {"maria.g@example.org"};
  p.experience.job_titles = {"Engineer"};
  p.experience.experience_descriptions = {
    "2015 - 2019: team of MARIA, https://linkedin.com/in/maria-gonzalez, "
    "handled 1,500,000 requests; phone +49-151-2345-6789."};
  p.preferences.desired_roles = {"Lead Engineer at gonzalez"};
  p.education.degrees = {"MSc"};
  return p;
}

TEST(Texts, HoldNothingThatIdentifiesThePerson) {
  auto texts = texts_of(profile());
  for (const auto& text : {texts.skills, texts.experience, texts.goals})
    for (const char* secret : {"aria", "ARIA", "onzalez", "Ruiz", "example", "0151", "6789", "4567",
                               "Hauptstra", "10115", "linkedin", "@"})
      EXPECT_EQ(text.find(secret), std::string::npos) << secret << " in: " << text;
  EXPECT_NE(texts.experience.find("2015 - 2019"), std::string::npos) << "years are no phone number";
  EXPECT_NE(texts.experience.find("1,500,000 requests"), std::string::npos);
  EXPECT_NE(texts.experience.find("builds things"), std::string::npos);
  EXPECT_NE(texts.skills.find("Python"), std::string::npos);
  EXPECT_NE(texts.goals.find("Lead Engineer"), std::string::npos);
}

TEST(Texts, OfAnEmptyProfileAreEmpty) {
  EXPECT_EQ(texts_of(Profile{}), UserTexts{});
  EXPECT_EQ(texts_of(Job{}), JobTexts{});
}

TEST(Contact, IsTakenOutAndOrdinaryTextIsNot) {
  struct Case {
    const char* text;
    const char* expected;
  };
  const Case cases[] = {
    {"mail a.b@c.de now", "mail [email] now"},
    {"a@b is no address", "a@b is no address"},
    {"@home", "@home"},
    {"Tel. +1 (555) 010-9999.", "Tel. [phone]."},
    {"0049 30 1234567", "[phone]"},
    {"2015-2019", "2015-2019"},
    {"01.02.2015 - 31.03.2019", "01.02.2015 - 31.03.2019"},
    {"saved 250000 EUR in 12 months", "saved 250000 EUR in 12 months"},
    {"ISO 27001, RFC 9110", "ISO 27001, RFC 9110"},
    {"see https://x.example/a?b=c, ok", "see [link], ok"},
    {"C++20 and C++17", "C++20 and C++17"},
    {"", ""},
  };
  for (const auto& c : cases)
    EXPECT_EQ(without_contact(c.text, {}), c.expected);
  EXPECT_EQ(without_contact("Marianne met Maria.", person()), "Marianne met [name].")
    << "whole words only";
}

TEST(Contact, NeverSurvivesWhereverItStands) {
  ASSERT_TRUE(rc::check([] {
    auto words = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "led", "a", "team,", "of", "12", "in", "2019", "C++", "(remote)", "-"));
    auto secret =
      *rc::gen::element<std::string>("Maria Gonzalez-Ruiz", "maria.g@example.org",
                                     "+49 151 2345 6789", "0151/23456789", "Hauptstraße 5");
    auto at = *rc::gen::inRange<std::size_t>(0, words.size() + 1);
    std::string text;
    for (std::size_t i = 0; i <= words.size(); ++i) {
      if (i == at)
        text += secret + " ";
      if (i < words.size())
        text += words[i] + " ";
    }
    auto clean = without_contact(text, person());
    for (const char* part : {"Maria", "maria", "Gonzalez", "example", "6789", "Hauptstr"})
      RC_ASSERT(clean.find(part) == std::string::npos);
  }));
}

TEST(Texts, HashTellsWhenAVectorIsStale) {
  // FIPS 180-4 example values.
  EXPECT_EQ(content_hash("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(content_hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  auto p = profile();
  auto before = content_hash(texts_of(p).skills);
  p.personal_info.email = "other@example.org";
  p.skills.soft_skills.clear();
  p.skills.programming_languages.push_back("C");
  EXPECT_NE(content_hash(texts_of(p).skills), before);
}

TEST(Texts, AreCutAtCharactersAndWords) {
  EXPECT_EQ(cut("short", 10), "short");
  EXPECT_EQ(cut("ä", 1), "");
  EXPECT_EQ(cut("aä", 2), "a");
  EXPECT_EQ(cut("one two three four five six seven", 31), "one two three four five six");
  EXPECT_EQ(cut(std::string(100, 'x'), 50).size(), 50u);
  Job job;
  job.description = std::string(50'000, 'x');
  EXPECT_LE(texts_of(job).description.size(), embedded_text_max);
}

}  // namespace
}  // namespace jobraker::matching
