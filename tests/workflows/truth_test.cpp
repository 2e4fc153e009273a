#include "actors/workflows/core/truth.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include "tests/workflows/sample_career.hpp"

namespace jobraker::workflows {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const CareerFacts& facts() {
  static const CareerFacts all = facts_of(sample_profile());
  return all;
}

const PostingText posting{
  "Globex Ltd",
  "Backend Engineer at Globex\nGlobex builds payment servers in C++ and Kafka in Berlin. You bring "
  "5 years of C++, Kubernetes and a Master's degree."};

std::string told(const Violations& violations) {
  std::string out;
  for (const auto& v : violations)
    out += v.pointer + " " + std::string{name_of(v.kind)} + ": " + v.detail + "\n";
  return out;
}

TEST(CheckResume, LetsOtherWordsAndAnotherOrderPass) {
  auto found = check_resume(honest_resume(), facts(), posting);
  EXPECT_THAT(found, IsEmpty()) << told(found);
}

TEST(CheckResume, LetsTheProfileItselfPass) {
  auto p = sample_profile();
  KitResume r;
  r.headline = p.experience.job_titles[1];
  r.summary = *p.summary.professional_summary;
  for (int i = 0; i < 3; ++i) {
    auto& item = r.experience.emplace_back();
    auto at = static_cast<std::size_t>(i);
    item.source = i;
    item.title = p.experience.job_titles[at];
    item.company = p.experience.companies[at];
    item.bullets = {p.experience.experience_descriptions[at]};
  }
  r.skills = facts().skills;
  auto found = check_resume(r, facts(), {});
  EXPECT_THAT(found, IsEmpty()) << told(found);
}

struct Lie {
  const char* name;
  std::function<void(KitResume&)> tell;
  const char* pointer;
  ClaimKind kind;
};

void PrintTo(const Lie& lie, std::ostream* out) { *out << lie.name; }

struct Lies : ::testing::TestWithParam<Lie> {};

TEST_P(Lies, AreRefusedWhereTheyStand) {
  auto resume = honest_resume();
  GetParam().tell(resume);
  auto found = check_resume(resume, facts(), posting);
  bool there = false;
  for (const auto& v : found)
    there = there || (v.pointer == GetParam().pointer && v.kind == GetParam().kind);
  EXPECT_TRUE(there) << told(found);
}

void bullet(KitResume& r, const char* text) { r.experience[0].bullets[0] = text; }

INSTANTIATE_TEST_SUITE_P(
  OfEmployers, Lies,
  ::testing::Values(
    Lie{"another company", [](auto& r) { r.experience[0].company = "Globex"; },
        "/experience/0/company", ClaimKind::employer},
    Lie{"a company grown by a word",
        [](auto& r) { r.experience[1].company = "Tamar Aerospace Instruments"; },
        "/experience/1/company", ClaimKind::employer},
    Lie{"an employment that never was", [](auto& r) { r.experience[1].source = 7; },
        "/experience/1/source", ClaimKind::employer},
    Lie{"one employment told twice", [](auto& r) { r.experience[1] = r.experience[0]; },
        "/experience/1/source", ClaimKind::employer},
    Lie{"a client in a bullet",
        [](auto& r) { bullet(r, "Cut latency for Goldman Sachs by tuning the order path"); },
        "/experience/0/bullets/0", ClaimKind::name},
    Lie{"the posting's employer in a bullet",
        [](auto& r) { bullet(r, "Built the order gateway now used at Globex"); },
        "/experience/0/bullets/0", ClaimKind::name},
    Lie{"an employer at the beginning of a bullet",
        [](auto& r) { bullet(r, "Google practices brought to the order gateway"); },
        "/experience/0/bullets/0", ClaimKind::name},
    Lie{"an employer that looks like a verb",
        [](auto& r) { bullet(r, "Boeing order systems maintained"); }, "/experience/0/bullets/0",
        ClaimKind::name},
    Lie{"an employer in quotes", [](auto& r) { bullet(r, "Joined from \"Initech\""); },
        "/experience/0/bullets/0", ClaimKind::name},
    Lie{"an employer with a hyphen", [](auto& r) { bullet(r, "Ran a Deloitte-led review"); },
        "/experience/0/bullets/0", ClaimKind::name},
    Lie{"the posting's employer in small letters",
        [](auto& r) { bullet(r, "Built the order gateway for globex"); }, "/experience/0/bullets/0",
        ClaimKind::employer},
    Lie{"an employer in the summary",
        [](auto& r) { r.summary = "Engineer who learned C++ at Microsoft."; }, "/summary",
        ClaimKind::name},
    Lie{
      "one employer's work told of another",
      [](auto& r) { r.experience[1].bullets[0] = "Built the gateway for Marlin Exchange Systems"; },
      "/experience/1/bullets/0", ClaimKind::employer},
    Lie{"a web address",
        [](auto& r) { bullet(r, "Wrote the order gateway, see https://evil.example/x"); },
        "/experience/0/bullets/0", ClaimKind::name}));

INSTANTIATE_TEST_SUITE_P(
  OfTitlesAndDates, Lies,
  ::testing::Values(
    Lie{"a higher title", [](auto& r) { r.experience[1].title = "Senior Software Engineer"; },
        "/experience/1/title", ClaimKind::title},
    Lie{"an office in brackets",
        [](auto& r) { r.experience[1].title = "Software Engineer (Team Lead)"; },
        "/experience/1/title", ClaimKind::title},
    Lie{"a title of its own in the headline", [](auto& r) { r.headline = "Principal Engineer"; },
        "/headline", ClaimKind::title},
    Lie{"a rank in the summary",
        [](auto& r) { r.summary = "Principal engineer for C++ on Linux."; }, "/summary",
        ClaimKind::title},
    Lie{"an office in a bullet",
        [](auto& r) { bullet(r, "Served as engineering manager of the gateway"); },
        "/experience/0/bullets/0", ClaimKind::title},
    Lie{"a year earlier", [](auto& r) { r.experience[0].dates = "March 2019 - Present"; },
        "/experience/0/dates", ClaimKind::date},
    Lie{"another month", [](auto& r) { r.experience[0].dates = "January 2021 - Present"; },
        "/experience/0/dates", ClaimKind::date},
    Lie{"an end that has not come",
        [](auto& r) { r.experience[1].dates = "September 2017 - Present"; }, "/experience/1/dates",
        ClaimKind::date},
    Lie{"a later end", [](auto& r) { r.experience[1].dates = "2017 - 2022"; },
        "/experience/1/dates", ClaimKind::date},
    Lie{"dates that are none",
        [](auto& r) { r.experience[0].dates = "March 2021 - Present (5 years)"; },
        "/experience/0/dates", ClaimKind::date},
    Lie{
      "dates where the résumé has none",
      [](auto& r) {
        r.experience[1] = {2, "Junior Software Developer", "Tamar Instruments", "2015 - 2017", {}};
      },
      "/experience/1/dates", ClaimKind::date},
    Lie{"a year in a bullet", [](auto& r) { bullet(r, "Own the order gateway since 2016"); },
        "/experience/0/bullets/0", ClaimKind::number}));

INSTANTIATE_TEST_SUITE_P(
  OfEducation, Lies,
  ::testing::Values(
    Lie{"a higher degree", [](auto& r) { r.education[0].degree = "MSc Computer Science"; },
        "/education/0/degree", ClaimKind::degree},
    Lie{"a higher degree spelt out",
        [](auto& r) { r.education[0].degree = "Master of Science in Computer Science"; },
        "/education/0/degree", ClaimKind::degree},
    Lie{"another subject",
        [](auto& r) { r.education[0].degree = "BSc Computer Science and Mathematics"; },
        "/education/0/degree", ClaimKind::degree},
    Lie{"honours that were not",
        [](auto& r) { r.education[0].degree = "BSc Computer Science, First Class"; },
        "/education/0/degree", ClaimKind::degree},
    Lie{"a second degree",
        [](auto& r) {
          r.education.push_back({"MBA", "", std::nullopt});
        },
        "/education/1/degree", ClaimKind::degree},
    Lie{"another university", [](auto& r) { r.education[0].institution = "University of Oxford"; },
        "/education/0/institution", ClaimKind::institution},
    Lie{"another year", [](auto& r) { r.education[0].year = 2013; }, "/education/0/year",
        ClaimKind::date},
    Lie{"a degree in the summary",
        [](auto& r) { r.summary = "Engineer with a master's degree in C++."; }, "/summary",
        ClaimKind::degree},
    Lie{"a doctorate in a bullet", [](auto& r) { bullet(r, "Wrote a PhD on the order path"); },
        "/experience/0/bullets/0", ClaimKind::degree}));

INSTANTIATE_TEST_SUITE_P(
  OfSkillsAndNumbers, Lies,
  ::testing::Values(
    Lie{"a skill in the list", [](auto& r) { r.skills.emplace_back("Kubernetes"); }, "/skills/4",
        ClaimKind::skill},
    Lie{"a skill nobody knows in the list", [](auto& r) { r.skills.emplace_back("Frobnicator"); },
        "/skills/4", ClaimKind::skill},
    Lie{"years beside a skill", [](auto& r) { r.skills[3] = "Python (12 years)"; }, "/skills/3",
        ClaimKind::number},
    Lie{"a skill in the summary",
        [](auto& r) { r.summary = "Engineer for C++ and Kafka on Linux."; }, "/summary",
        ClaimKind::skill},
    Lie{"a skill in small letters",
        [](auto& r) { r.summary = "Engineer for c++ and kubernetes on linux."; }, "/summary",
        ClaimKind::skill},
    Lie{"a newer standard", [](auto& r) { bullet(r, "Own the order gateway in C++23"); },
        "/experience/0/bullets/0", ClaimKind::name},
    Lie{"a soft skill that nothing shows", [](auto& r) { r.skills.emplace_back("Negotiation"); },
        "/skills/4", ClaimKind::skill},
    Lie{"a better figure",
        [](auto& r) { bullet(r, "Cut the order path from 48 to 5 microseconds"); },
        "/experience/0/bullets/0", ClaimKind::number},
    Lie{"a percentage made of two figures",
        [](auto& r) { bullet(r, "Cut the clean build by 77%"); }, "/experience/0/bullets/0",
        ClaimKind::number},
    Lie{"a figure turned into a percentage",
        [](auto& r) { bullet(r, "Cut the clean build by 40%"); }, "/experience/0/bullets/0",
        ClaimKind::number},
    Lie{"a figure of another employment", [](auto& r) { bullet(r, "Saved 35% of the storage"); },
        "/experience/0/bullets/0", ClaimKind::number},
    Lie{"a figure in words", [](auto& r) { bullet(r, "Mentor twelve engineers"); },
        "/experience/0/bullets/0", ClaimKind::number},
    Lie{"a rounder figure", [](auto& r) { bullet(r, "Serve thousands of orders"); },
        "/experience/0/bullets/0", ClaimKind::number},
    Lie{"more years than there were", [](auto& r) { r.summary = "Engineer with 15 years of C++."; },
        "/summary", ClaimKind::number},
    Lie{"years in words", [](auto& r) { r.summary = "Engineer with twenty years of C++."; },
        "/summary", ClaimKind::number},
    Lie{"a placeholder nobody gave out", [](auto& r) { bullet(r, "Wrote to [EMAIL_9]"); },
        "/experience/0/bullets/0", ClaimKind::placeholder}));

TEST(CheckResume, SaysWhatAndWhere) {
  auto resume = honest_resume();
  resume.experience[0].company = "Globex";
  auto found = check_resume(resume, facts(), posting);
  ASSERT_EQ(found.size(), 1u) << told(found);
  EXPECT_EQ(found[0].found, "Globex");
  EXPECT_THAT(found[0].detail, HasSubstr("\"Marlin Exchange Systems\""));
}

TEST(CheckResume, AnInventedWordAnywhereIsFound) {
  auto honest = honest_resume();
  EXPECT_TRUE(rc::check([&] {
    auto resume = honest;
    std::vector<std::string*> places{&resume.summary};
    for (auto& item : resume.experience)
      for (auto& text : item.bullets)
        places.push_back(&text);
    auto& text = **rc::gen::elementOf(places);
    // Behind any word, so that it also comes to stand in front of others.
    std::vector<std::size_t> blanks;
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == ' ')
        blanks.push_back(i);
    auto at = *rc::gen::elementOf(blanks);
    auto lie = *rc::gen::element<std::string>("Globex", "at Initech", "17,500", "Kubernetes", "92%",
                                              "Vandelay Industries");
    text.insert(at, " " + lie);
    RC_ASSERT(!check_resume(resume, facts(), posting).empty());
  }));
}

TEST(CheckResume, SpellingsOfTheSameAreTheSame) {
  for (auto company : {"TAMAR INSTRUMENTS", "Tamar Instruments Limited", "Tamar Instruments, Ltd.",
                       "The Tamar Instruments"}) {
    auto resume = honest_resume();
    resume.experience[1].company = company;
    EXPECT_THAT(check_resume(resume, facts(), {}), IsEmpty()) << company;
  }
  for (auto dates : {"Mar 2021 – present", "03/2021 - today", "2021 to date", "since March 2021",
                     "2021-03 - Present", "(March 2021 - Present)"}) {
    auto resume = honest_resume();
    resume.experience[0].dates = dates;
    auto found = check_resume(resume, facts(), {});
    EXPECT_THAT(found, IsEmpty()) << dates << "\n" << told(found);
  }
  for (auto degree : {"B.Sc. Computer Science", "Bachelor of Science, Computer Science",
                      "Bachelor's degree in Computer Science", "BS Computer Science"}) {
    auto resume = honest_resume();
    resume.education[0].degree = degree;
    auto found = check_resume(resume, facts(), {});
    EXPECT_THAT(found, IsEmpty()) << degree << "\n" << told(found);
  }
}

TEST(CheckResume, GermanNounsAreNoNamesButCompaniesAre) {
  auto profile = sample_profile();
  profile.summary.professional_summary =
    "Entwickler mit langer Erfahrung in der Verarbeitung von Messwerten mit C++ unter Linux.";
  profile.experience.experience_descriptions[0] =
    "Verantwortlich für das Gateway der Aufträge in C++ und für die Messung der Laufzeiten";
  auto german = facts_of(profile);
  KitResume r;
  r.summary =
    "Entwickler mit Erfahrung in C++ unter Linux und der Messung von Laufzeiten im Betrieb.";
  r.experience = {{0,
                   "Senior C++ Engineer",
                   "Marlin Exchange Systems",
                   "",
                   {"Verantwortung für das Gateway und die Geschwindigkeit der Verarbeitung"}}};
  auto found = check_resume(r, german, {});
  EXPECT_THAT(found, IsEmpty()) << told(found);
  for (auto lie : {"Verantwortung für das Gateway bei Siemens und die Messung",
                   "Verantwortung für das Gateway der Beispiel GmbH und die Messung",
                   "Verantwortung für SAP und die Messung von Laufzeiten"}) {
    r.experience[0].bullets[0] = lie;
    EXPECT_FALSE(check_resume(r, german, {}).empty()) << lie;
  }
}

TEST(Settled, SpeaksTheProfilesOwnSpellings) {
  auto resume = honest_resume();
  resume.skills.push_back("PostgreSQL");
  auto own = settled(resume, facts());
  EXPECT_EQ(own.experience[1].title, "Software Engineer (C++)");
  EXPECT_EQ(own.experience[1].company, "Tamar Instruments Ltd");
  EXPECT_EQ(own.experience[1].dates, "September 2017 - February 2021");
  EXPECT_EQ(own.education[0].degree, "BSc Computer Science");
  EXPECT_THAT(own.skills, ElementsAre("C++", "Linux", "PostgreSQL", "Python"));
}

TEST(Facts, WhatWasReadTogetherBelongsTogether) {
  auto p = sample_profile();
  p.education.degrees = {"MSc Physics", "BSc Computer Science"};
  p.education.institutions = {"University of Bristol"};
  p.education.graduation_years = {2015, 2019};
  p.evidence = {
    {"/education/degrees/0", 500, 520, "MSc Physics, 2019"},
    {"/education/degrees/1", 400, 460, "BSc Computer Science, University of Bristol"},
    {"/education/institutions/0", 400, 460, "BSc Computer Science, University of Bristol"},
    {"/education/graduation_years/0", 400, 460, "2015"},
    {"/education/graduation_years/1", 500, 520, "MSc Physics, 2019"}};
  auto all = facts_of(p);
  ASSERT_EQ(all.education.size(), 2u);
  EXPECT_EQ(all.education[1].degree, "MSc Physics");
  EXPECT_EQ(all.education[1].institution, "");
  EXPECT_EQ(all.education[1].year, 2019);
  auto r = honest_resume();
  r.experience.clear();
  r.summary.clear();
  r.headline.clear();
  r.skills.clear();
  r.education = {{"MSc Physics", "University of Bristol", 2019}};
  auto found = check_resume(r, all, {});
  ASSERT_EQ(found.size(), 1u) << told(found);
  EXPECT_THAT(found[0].detail, HasSubstr("was not taken at that place"));
}

struct LetterTest : ::testing::Test {
  KitLetter letter{
    "Application for Backend Engineer at Globex",
    "Dear Globex team,\n\nYou ask for 5 years of C++ and for Kafka. I have written C++ for over 11 "
    "years, the last of them at Marlin Exchange Systems, where I cut the order path from 48 to 11 "
    "microseconds. I have not used Kafka yet, but I would like to learn it in Berlin.\n\nKind "
    "regards,\nAmara Whitfield",
    {{"C++ for years", "low-latency C++ on Linux"}}};
  Violations check() { return check_letter(letter, facts(), posting); }
  void say(const char* sentence) {
    letter.letter =
      std::string{"Dear Globex team,\n\n"} + sentence + "\n\nKind regards,\nAmara Whitfield";
  }
};

TEST_F(LetterTest, MayNameThePostingAndTheProfile) {
  auto found = check();
  EXPECT_THAT(found, IsEmpty()) << told(found);
}

TEST_F(LetterTest, MayQuoteThePosting) {
  say("Your posting says: \"Globex builds payment servers\" That is what I would like to do.");
  EXPECT_THAT(check(), IsEmpty()) << told(check());
}

TEST_F(LetterTest, MayNotClaimWhatTheProfileLacks) {
  for (auto sentence :
       {"I have used Kafka for years.", "You ask for Kafka, which I have used.",
        "I hold a Master's degree in Computer Science.", "I worked at Initech before.",
        "I have 25 years of experience.", "My experience with Kubernetes is deep.",
        "At Vandelay Industries I built gateways."}) {
    say(sentence);
    EXPECT_EQ(check().size(), 1u) << sentence << "\n" << told(check());
  }
}

TEST_F(LetterTest, ANumberInTheEmployersNameIsNoClaim) {
  const auto check_at = [this](const char* sentence) {
    say(sentence);
    auto there = posting;
    there.company = "Studio 54";
    return check_letter(letter, facts(), there);
  };
  auto found = check_at("I would bring my C++ to Studio 54.");
  EXPECT_THAT(found, IsEmpty()) << told(found);
  EXPECT_EQ(check_at("I have 54 years of experience, dear Studio 54.").size(), 1u);
}

TEST_F(LetterTest, MaySayWhatIsMissing) {
  for (auto sentence : {"I have not worked with Kubernetes.",
                        "You ask for Kafka; I know PostgreSQL.", "I have no Master's degree."}) {
    say(sentence);
    EXPECT_THAT(check(), IsEmpty()) << sentence << "\n" << told(check());
  }
}

TEST_F(LetterTest, QuotesTheProfileOnly) {
  letter.points = {{"Led a team", "Led a team of eight at Initech"}};
  ASSERT_EQ(check().size(), 1u);
  EXPECT_EQ(check()[0].pointer, "/points/0/support");
}

}  // namespace
}  // namespace jobraker::workflows
