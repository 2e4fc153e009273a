#include "actors/jobs/core/traits.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace jobraker {
namespace {

TEST(YearsRequired, AreTheMostThatIsAsked) {
  struct Case {
    const char* text;
    double years;
  };
  for (auto c : {Case{"5+ years of experience in C++", 5},
                 {"3-5 years of experience", 3},
                 {"3 to 5 years experience", 3},
                 {"at least two years of relevant work", 2},
                 {"minimum of three (3) years experience", 3},
                 {"2 years of Python experience.\n4 years of experience overall", 4},
                 {"mindestens 3 Jahre Berufserfahrung", 3},
                 {"1.5 years of experience", 1.5}})
    EXPECT_EQ(years_required_in(c.text), c.years) << c.text;
  for (auto text : {"Our company has 20 years of experience", "must be 18 years of age",
                    "founded 5 years ago", "a 3 year contract", "no experience needed", "",
                    "years of experience", "100 years of experience"})
    EXPECT_EQ(years_required_in(text), std::nullopt) << text;
}

TEST(Seniority, ComesFromTheTitleFirst) {
  EXPECT_EQ(seniority_of("Senior Java Developer", "", 1.0), Seniority::senior);
  EXPECT_EQ(seniority_of("Jr. Developer", "", {}), Seniority::junior);
  EXPECT_EQ(seniority_of("Marketing Intern", "", {}), Seniority::intern);
  EXPECT_EQ(seniority_of("VP of Engineering", "", {}), Seniority::executive);
  EXPECT_EQ(seniority_of("Customer Service Team Lead", "", {}), Seniority::lead);
  EXPECT_EQ(seniority_of("Data Entry Clerk II", "", {}), Seniority::mid);
  EXPECT_EQ(seniority_of("Internal Auditor", "", {}), Seniority::unknown);
  EXPECT_EQ(seniority_of("Developer", "Entry level", {}), Seniority::junior);
  EXPECT_EQ(seniority_of("Developer", "Mid-Senior level", {}), Seniority::mid);
  EXPECT_EQ(seniority_of("Developer", "", 6.0), Seniority::senior);
}

TEST(JobType, ComesFromTheSourcesWordsThenTheTitleThenTheText) {
  auto type = [](Strings hints, const char* title, const char* text = "") {
    RawPosting raw;
    raw.contract_hints = std::move(hints);
    return job_type_of(raw, title, text);
  };
  EXPECT_EQ(type({"full_time", "permanent"}, "Nurse"), JobType::full_time);
  EXPECT_EQ(type({"part_time", "permanent"}, "Nurse"), JobType::part_time);
  EXPECT_EQ(type({"FULL_TIME", "CONTRACTOR"}, "Nurse"), JobType::contract);
  EXPECT_EQ(type({"full_time"}, "Software Engineering Intern"), JobType::internship);
  EXPECT_EQ(type({}, "Customer Service Associate - Part Time"), JobType::part_time);
  EXPECT_EQ(type({}, "Freelance writer"), JobType::freelance);
  EXPECT_EQ(type({}, "Nurse", "This is a full-time position."), JobType::full_time);
  EXPECT_EQ(type({}, "Contracts Manager", ""), std::nullopt);
  EXPECT_EQ(type({"Other"}, "Nurse"), std::nullopt);
}

TEST(WorkplaceOf, BelievesTheSourceThenThePlaceThenClearWords) {
  EXPECT_EQ(workplace_of("hybrid", Workplace::remote, "", ""), Workplace::hybrid);
  EXPECT_EQ(workplace_of("TELECOMMUTE", Workplace::unknown, "", ""), Workplace::remote);
  EXPECT_EQ(workplace_of("unspecified", Workplace::remote, "", ""), Workplace::remote);
  EXPECT_EQ(workplace_of("", Workplace::unknown, "Engineer (Remote)", ""), Workplace::remote);
  EXPECT_EQ(workplace_of("", Workplace::unknown, "Remote Sensing Scientist", ""),
            Workplace::unknown);
  EXPECT_EQ(workplace_of("", Workplace::unknown, "", "This role is remote."), Workplace::remote);
  EXPECT_EQ(workplace_of("", Workplace::unknown, "", "We support remote teams."),
            Workplace::unknown);
  EXPECT_EQ(workplace_of("", Workplace::unknown, "", "This is not a remote position."),
            Workplace::on_site);
}

TEST(Requirements, AreWhatStandsUnderTheirHeadings) {
  EXPECT_EQ(
    requirements_in("About us\nWe are nice.\n\nRequirements\n- C++\n- Git\n\nBenefits\n- Fruit"),
    "- C++\n- Git");
  EXPECT_EQ(requirements_in("What you'll bring:\nfive years of Rust\nWhat we offer:\nmoney"),
            "five years of Rust");
  EXPECT_EQ(
    requirements_in("Aufgaben\n- bauen\nDein Profil\n- Erfahrung mit Go\nWir bieten\n- Obst"),
    "- Erfahrung mit Go");
  EXPECT_EQ(
    requirements_in(
      "REQUIRED QUALIFICATIONS: Higher education;\n- Russian\nAPPLICATION PROCEDURES: write us"),
    "Higher education;\n- Russian");
  EXPECT_EQ(requirements_in(
              "You meet all requirements of the customers that we have, every day of the week."),
            "");
  EXPECT_EQ(requirements_in(""), "");
}

TEST(PostingSkills, AreCanonicalAndDistinct) {
  auto skills = posting_skills("Postgres Developer", "You know PostgreSQL, Docker and Kubernetes.",
                               {"k8s", "Nonsense"});
  EXPECT_EQ(std::count(skills.begin(), skills.end(), "PostgreSQL"), 1);
  EXPECT_EQ(std::count(skills.begin(), skills.end(), "Kubernetes"), 1);
  EXPECT_EQ(std::count(skills.begin(), skills.end(), "Nonsense"), 0);
}

}  // namespace
}  // namespace jobraker
