#include "tools/sandbox/resume_rules.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/json.hpp"

namespace jobraker::sandbox {
namespace {

constexpr std::string_view nurse = R"(Maria Kowalska, RN
Manchester, UK | maria.k@example.org | +44 7700 900123
Right to work in the UK

PROFILE
Registered nurse with nine years on respiratory and intensive care wards. Calm and exact.

EMPLOYMENT HISTORY

Staff Nurse, Intensive Care
Northern General Hospital - Manchester, UK
03/2018 - present
- Cared for ventilated patients in a 16-bed unit
- Taught 12 students a year

Nurse | St Anne's Hospice | 2014-2018
- Palliative care and family support

EDUCATION
University of Salford
BSc Nursing, 2014
Relevant coursework: Pharmacology, Anatomy

CLINICAL SKILLS
Ventilator care, IV therapy, triage, BLS, ACLS, wound care, communication

LANGUAGES
Polish, English

PREFERENCES
Desired roles: ICU Nurse, Charge Nurse
Preferred locations: Manchester, Leeds
Job type: full-time
Salary expectation: £38,000 - 45,000
)";

TEST(Resume, ANurseIsReadWhole) {
  auto cv = read_resume(nurse);
  ASSERT_TRUE(cv.full_name && cv.email && cv.phone && cv.location && cv.work_authorization);
  EXPECT_EQ(cv.full_name->value, "Maria Kowalska");
  EXPECT_EQ(cv.email->value, "maria.k@example.org");
  EXPECT_EQ(cv.phone->value, "+44 7700 900123");
  EXPECT_EQ(cv.location->value, "Manchester, UK");
  EXPECT_TRUE(cv.professional_summary->value.starts_with("Registered nurse"));
  ASSERT_EQ(cv.experience.size(), 2U);
  EXPECT_EQ(cv.experience[0].title, "Staff Nurse");
  EXPECT_EQ(cv.experience[0].start, "2018-03");
  EXPECT_EQ(cv.experience[0].end, "present");
  EXPECT_NE(cv.experience[0].description.value_or("").find("16-bed"), std::string::npos);
  EXPECT_EQ(cv.experience[1].title, "Nurse");
  EXPECT_EQ(cv.experience[1].company, "St Anne's Hospice");
  EXPECT_EQ(cv.experience[1].end, "2018");
  ASSERT_EQ(cv.education.size(), 1U);
  EXPECT_EQ(cv.education[0].institution, "University of Salford");
  EXPECT_EQ(cv.education[0].graduation_year, 2014);
  EXPECT_EQ(cv.education[0].coursework, (std::vector<std::string>{"Pharmacology", "Anatomy"}));
  EXPECT_GE(cv.skills.size(), 7U);
  ASSERT_EQ(cv.preferences.desired_roles.size(), 2U);
  EXPECT_EQ(cv.preferences.desired_roles[1].value, "Charge Nurse");
  EXPECT_EQ(cv.preferences.preferred_locations.size(), 2U);
  ASSERT_TRUE(cv.preferences.salary);
  EXPECT_EQ(cv.preferences.salary->min, 38000);
  EXPECT_EQ(cv.preferences.salary->max, 45000);
  EXPECT_EQ(cv.preferences.salary->currency, "GBP");
  ASSERT_EQ(cv.preferences.job_types.size(), 1U);
  EXPECT_EQ(cv.preferences.job_types[0].value, "full_time");
}

TEST(Resume, WhatIsNotThereStaysEmpty) {
  auto cv = read_resume("Nothing much to see.\n");
  EXPECT_FALSE(cv.full_name || cv.email || cv.phone || cv.location || cv.career_level ||
               cv.professional_summary);
  EXPECT_TRUE(cv.experience.empty() && cv.education.empty() && cv.skills.empty());
  EXPECT_FALSE(cv.insights.profile_summary);
  EXPECT_TRUE(cv.insights.strengths.empty());
}

struct RangeCase {
  std::string_view line, start, end;
};

class ResumeDates : public ::testing::TestWithParam<RangeCase> {};

TEST_P(ResumeDates, AreReadInManyForms) {
  auto range = find_range(GetParam().line);
  ASSERT_TRUE(range) << GetParam().line;
  EXPECT_EQ(range->start->iso(), GetParam().start);
  EXPECT_EQ(range->present ? "present" : range->end ? range->end->iso() : "", GetParam().end);
}

INSTANTIATE_TEST_SUITE_P(
  Forms, ResumeDates,
  ::testing::Values(RangeCase{"Jan 2019 – Present", "2019-01", "present"},
                    RangeCase{"Acme 2016-2019", "2016", "2019"},
                    RangeCase{"03/2018 - 11/2020", "2018-03", "2020-11"},
                    RangeCase{"September 2014 to May 2016", "2014-09", "2016-05"},
                    RangeCase{"2021 -  now: developer", "2021", "present"},
                    RangeCase{"since June 2018", "2018-06", "present"},
                    RangeCase{"MAY 2018 to TILL DATE", "2018-05", "present"},
                    RangeCase{"2019-03 – 2020-12", "2019-03", "2020-12"},
                    RangeCase{"Sept. 2011 - Dec. 2012", "2011-09", "2012-12"},
                    RangeCase{"März 2015 bis Oktober 2017", "2015-03", "2017-10"},
                    RangeCase{"(2012 – 2015)", "2012", "2015"},
                    RangeCase{"2016–19", "2016", "2019"}));

TEST(Resume, TextWithoutARangeHasNone) {
  for (auto line : {"Managed 2000 to 3000 customers", "Phone 0161 496 0000", "GPA 3.97/4.00", "",
                    "We served 120 users in May"}) {
    auto range = find_range(line);
    EXPECT_FALSE(range && (range->end || range->present)) << line;
  }
}

TEST(Resume, HeadingsAreKnownInManySpellings) {
  std::string_view rest;
  EXPECT_EQ(section_of("WORK EXPERIENCE", rest), Section::experience);
  EXPECT_EQ(section_of("## Education", rest), Section::education);
  EXPECT_EQ(section_of("Technical Skills: C++, Go", rest), Section::skills);
  EXPECT_EQ(rest, "C++, Go");
  EXPECT_EQ(section_of("Berufserfahrung", rest), Section::experience);
  EXPECT_EQ(section_of("S K I L L S", rest), Section::skills);
  EXPECT_FALSE(section_of("I have experience", rest));
}

TEST(Resume, LayoutsOfTitleAndCompanyAreTakenApart) {
  struct Case {
    std::string_view text, title, company;
  };
  for (const auto& [text, title, company] :
       {Case{"Experience\nCo-Founder & CTO, Nexus AI – San Francisco, CA   June 2023 – present\n- "
             "Built things",
             "Co-Founder & CTO", "Nexus AI"},
        Case{"Experience\nNexus AI, Co-Founder & CTO\n• Raised money\nSan Francisco, CA\nJune 2023 "
             "– present\n",
             "Co-Founder & CTO", "Nexus AI"},
        Case{"Experience\nSenior Software Engineer      Jan 2023 - Present\nStripe • San "
             "Francisco, CA\n• Built",
             "Senior Software Engineer", "Stripe"},
        Case{"Work History\nAcme Logistics\nForklift Operator\n2016-2019\n- Drove trucks",
             "Forklift Operator", "Acme Logistics"},
        Case{"Experience\n2017 – 2019:  Full stack Java developer, Bank Otkritie (Russia, "
             "Moscow)\nReports.",
             "Full stack Java developer", "Bank Otkritie"}}) {
    auto cv = read_resume(text);
    ASSERT_GE(cv.experience.size(), 1U) << text;
    EXPECT_EQ(cv.experience[0].title, title);
    EXPECT_EQ(cv.experience[0].company.value_or(""), company) << text;
    EXPECT_TRUE(cv.experience[0].start) << text;
  }
}

TEST(Resume, TagsInTheMessageAreLeftOut) {
  EXPECT_EQ(resume_in("Read:\n<resume>abc</resume>"), "abc");
  EXPECT_EQ(resume_in("<resume>a</resume>b</resume>"), "a</resume>b");
  EXPECT_EQ(resume_in("plain"), "plain");
}

/// Every evidence below a value, and every value that must be found as well.
void check_evidence(json::View value, std::string_view text) {
  if (auto evidence = value["evidence"].string())
    RC_ASSERT(text.find(*evidence) != std::string_view::npos);
  value.each_member([&](std::string_view, json::View inner) { check_evidence(inner, text); });
  value.each_element([&](json::View inner) { check_evidence(inner, text); });
}

TEST(Resume, EveryEvidenceIsASubstringWhateverTheText) {
  ASSERT_TRUE(rc::check([] {
    static const std::vector<std::string> lines{"Experience",
                                                "Education:",
                                                "SKILLS: C++, Go, SQL",
                                                "Jane Roe",
                                                "Senior Nurse, City Hospital   Jan 2019 – Present",
                                                "• cared for 12 patients",
                                                "2016-2019",
                                                "BSc Physics, University of Oslo 2012",
                                                "",
                                                "jane@x.org | +47 22 22 22 22 22",
                                                "Looking for a chef position",
                                                "Salary: 50k - 60k EUR",
                                                "\xEF\x82\xB7 Microsoft Excel\tWord",
                                                "Oslo, Norway",
                                                "Summary",
                                                "A person. With sentences.",
                                                "company - Acme",
                                                "Driver - Acme",
                                                "Work Experience (most recent first)"};
    auto picks =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, lines.size()));
    std::string text;
    for (auto pick : picks)
      text += lines[pick] + (pick % 3 == 0 ? "\r\n" : "\n");
    auto answer = to_json(read_resume(text));
    auto document = json::Document::parse(answer);
    RC_ASSERT(document.has_value());
    check_evidence(document->root(), text);
    RC_ASSERT(answer == to_json(read_resume(text)));
  }));
}

TEST(Resume, ArbitraryBytesGiveAnAnswerOfTheSchema) {
  ASSERT_TRUE(rc::check([] {
    // NUL cannot be in JSON text of ours; everything else can come.
    auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
    auto document = json::Document::parse(to_json(read_resume(text)));
    RC_ASSERT(document.has_value());
    RC_ASSERT(document->root().size() == 8U);
  }));
}

}  // namespace
}  // namespace jobraker::sandbox
