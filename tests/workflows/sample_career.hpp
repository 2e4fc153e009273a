#pragma once

#include "actors/workflows/core/kit_documents.hpp"
#include "messages/profile.hpp"

namespace jobraker::workflows {

/// The profile of a person with three employments, as read from a résumé.
inline Profile sample_profile() {
  Profile p;
  p.personal_info.full_name = "Amara Whitfield";
  p.personal_info.email = "amara.whitfield@example.com";
  p.personal_info.phone = "+44 20 7946 0158";
  p.personal_info.location = "London, United Kingdom";
  p.summary.years_of_experience = 11.4;
  p.summary.career_level = Seniority::senior;
  p.summary.professional_summary =
    "Senior software engineer with a long record of low-latency C++ on Linux. Designs, measures "
    "and ships servers that handle millions of messages a day.";
  p.skills.programming_languages = {"C++", "Python", "SQL", "Bash"};
  p.skills.frameworks_libraries = {"Boost", "Asio", "gRPC", "GoogleTest"};
  p.skills.tools_platforms = {"Linux", "CMake",      "gdb",    "perf",
                              "Git",   "PostgreSQL", "Docker", "Jenkins"};
  p.skills.soft_skills = {"mentoring", "technical writing"};
  p.experience.job_titles = {"Senior C++ Engineer", "Software Engineer (C++)",
                             "Junior Software Developer"};
  p.experience.companies = {"Marlin Exchange Systems", "Tamar Instruments Ltd",
                            "Tamar Instruments Ltd"};
  p.experience.experience_descriptions = {
    "Own the order gateway: C++20 on Linux, multithreading, TCP/IP and UDP multicast\n"
    "Cut the 99th percentile of the order path from 48 to 11 microseconds with perf and gdb\n"
    "Replaced hand-written build scripts with CMake and brought the clean build from 40 to 9 "
    "minutes\n"
    "Mentor three engineers and run the weekly performance review",
    "Built the ingestion service for vehicle measurements in C++17 with Boost and Asio, 200,000 "
    "messages a second\n"
    "Moved the measurements from flat files to PostgreSQL, which saved 35% of the storage",
    "Maintained a C++ decoder library and its GoogleTest suite"};
  p.education.degrees = {"BSc Computer Science"};
  p.education.institutions = {"University of Bristol"};
  p.education.graduation_years = {2015};
  p.evidence = {
    {"/experience/job_titles/0", 100, 160,
     "Senior C++ Engineer, Marlin Exchange Systems, London\nMarch 2021 - Present"},
    {"/experience/companies/0", 100, 160,
     "Senior C++ Engineer, Marlin Exchange Systems, London\nMarch 2021 - Present"},
    {"/experience/job_titles/1", 200, 260,
     "Software Engineer (C++), Tamar Instruments, Bristol\nSeptember 2017 - February 2021"},
    {"/education/degrees/0", 400, 460, "BSc Computer Science, University of Bristol, 2012 - 2015"},
    {"/education/institutions/0", 400, 460,
     "BSc Computer Science, University of Bristol, 2012 - 2015"},
    {"/education/graduation_years/0", 400, 460,
     "BSc Computer Science, University of Bristol, 2012 - 2015"}};
  p.version = 1;
  return p;
}

/// A résumé that says nothing but what the profile says, in other words and another order.
inline KitResume honest_resume() {
  KitResume r;
  r.headline = "Senior C++ Engineer";
  r.summary = "Engineer with over 11 years of low-latency C++ on Linux, who measures before "
              "changing anything and ships servers for millions of messages a day.";
  r.experience = {
    {0,
     "Senior C++ Engineer",
     "Marlin Exchange Systems",
     "March 2021 - Present",
     {"Reduced the 99th percentile of the order path from 48 to 11 microseconds, using perf and "
      "gdb",
      "Brought the clean build down from 40 to 9 minutes by moving hand-written scripts to CMake",
      "Mentored 3 engineers"}},
    {1,
     "Software Engineer",
     "Tamar Instruments",
     "Sep 2017 – Feb 2021",
     {"Built an ingestion service in C++17 (Boost, Asio) for 200k messages a second",
      "Saved 35 percent of storage by moving measurements to PostgreSQL"}}};
  r.education = {{"Bachelor of Science in Computer Science", "University of Bristol", 2015}};
  r.skills = {"C++", "Linux", "Postgres", "Python"};
  return r;
}

}  // namespace jobraker::workflows
