#include "actors/jobs/core/title.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

TEST(CleanTitle, TakesAwayWhatSaysNothingAboutTheWork) {
  for (auto [raw, clean] :
       {std::pair{"C++ <strong>Engineer</strong>", "C++ Engineer"},
        {"Softwareentwickler (m/w/d)", "Softwareentwickler"},
        {"Head of Content (m/f)", "Head of Content"},
        {"Entwickler m/w/d", "Entwickler"},
        {"Data Engineer (all genders)", "Data Engineer"},
        {"Senior Engineer - Req #12345", "Senior Engineer"},
        {"Senior Engineer (Job ID: R-77123)", "Senior Engineer"},
        {"Registered Nurse #4711", "Registered Nurse"},
        {"*** URGENT *** Java Developer!!!", "Java Developer"},
        {" RNs Needed ASAP - ER & ICU - APPLY NOW!! ", "RNs Needed ASAP - ER & ICU"},
        {"🚀 Backend Developer 🚀", "Backend Developer"},
        {"PROJECT MANAGER", "Project Manager"},
        {"SENIOR FINANCE SOFTWARE RESEARCHER AND ENGINEER",
         "Senior Finance Software Researcher and Engineer"},
        {"JAVA Solution Architect ", "JAVA Solution Architect"},
        {"PROGRAM MANAGER (DEPUTY PRODUCT MANAGER ACQUISITION)",
         "Program Manager (Deputy Product Manager Acquisition)"},
        {"QA ENGINEER II", "QA Engineer II"},
        {".NET Developer, Hong Kong", ".NET Developer, Hong Kong"},
        {"IC&E Technician", "IC&E Technician"},
        {"Ruby Automation Engineer &amp; Ruby on Rails Engineer - 2 roles",
         "Ruby Automation Engineer & Ruby on Rails Engineer - 2 roles"},
        {"Software Engineer (2015 Intern)", "Software Engineer (2015 Intern)"},
        {"VP of Engineering ", "VP of Engineering"},
        {"Urgent Care Nurse", "Urgent Care Nurse"},
        {"General Clerk 1 ", "General Clerk 1"},
        {"Two\nlines", "Two lines"},
        {"", ""},
        {" *** ", ""}})
    EXPECT_EQ(clean_title(raw), clean) << raw;
}

TEST(CleanTitle, IsStableAndNeverLongerThanItsLimit) {
  ASSERT_TRUE(rc::check([](const std::string& raw) {
    auto once = clean_title(raw);
    RC_ASSERT(once.size() <= 300);
    RC_ASSERT(text::valid_utf8(once));
  }));
}

TEST(TitleKey, IsOneForSpellingsAndNotForLevels) {
  EXPECT_EQ(title_key("Sr. Software Engineer (m/f/d)"), title_key("senior software ENGINEER"));
  EXPECT_EQ(title_key("Front-end Developer"), title_key("Frontend Developer"));
  EXPECT_NE(title_key("Software Engineer II"), title_key("Software Engineer III"));
  EXPECT_NE(title_key("C Developer"), title_key("C++ Developer"));
  EXPECT_NE(title_key("Senior Engineer"), title_key("Engineer"));
}

TEST(CompanyKey, IsOneForLegalForms) {
  for (auto name : {"Acme GmbH", "ACME", "Acme, Inc.", "acme Ltd", "Acme S.A.", "The Acme Company",
                    "Acme LLC", "Acme GmbH & Co. KG", "Acme Corp.", "Acmé"})
    EXPECT_EQ(company_key(name), "acme") << name;
  EXPECT_EQ(company_key("O'Reilly Media"), "oreilly media");
  EXPECT_EQ(company_key("SE"), "se");
  EXPECT_NE(company_key("Acme Health"), company_key("Acme Energy"));
}

TEST(CleanCompany, KeepsNamesAndQuietsShouting) {
  EXPECT_EQ(clean_company("IBM"), "IBM");
  EXPECT_EQ(clean_company("AMERIA INVESTMENT CONSULTING"), "Ameria Investment Consulting");
  EXPECT_EQ(clean_company("Smith &amp; Sons"), "Smith & Sons");
}

}  // namespace
}  // namespace jobraker
