#include <gtest/gtest.h>

#include <iostream>

#include "actors/jobs/core/dates.hpp"
#include "actors/jobs/core/dedupe.hpp"
#include "actors/jobs/core/greenhouse.hpp"
#include "actors/jobs/core/json_fields.hpp"
#include "actors/jobs/core/jsonld.hpp"
#include "actors/jobs/core/normalise.hpp"
#include "actors/jobs/core/text.hpp"
#include "real_data.hpp"

namespace jobraker {
namespace {

/// How many of a file's postings came through, and with what.
struct Tally {
  int rows = 0, normalised = 0, country = 0, city = 0, salary = 0, salary_dropped = 0, type = 0,
      level = 0, years = 0, skills = 0, requirements = 0, expires = 0;
  std::map<std::string, int> refused;

  void count(const Result<NormalisedPosting>& posting) {
    ++rows;
    if (!posting) {
      ++refused[posting.error().detail];
      return;
    }
    const auto& job = posting->job;
    ++normalised;
    country += !job.country.empty();
    city += !job.city.empty();
    salary += job.salary_min || job.salary_max;
    type += job.job_type.has_value();
    level += job.seniority != Seniority::unknown;
    years += job.years_required.has_value();
    skills += !job.skills.empty();
    requirements += !job.requirements.empty();
    expires += job.expires_at.has_value();
    for (const auto& note : posting->notes)
      salary_dropped += note.starts_with("salary");
    EXPECT_TRUE(text::valid_utf8(job.title));
    EXPECT_FALSE(job.title.empty());
    EXPECT_TRUE(!job.salary_min || !job.salary_max || *job.salary_min <= *job.salary_max);
  }

  void report(const char* name) const {
    std::cout << name << ": rows " << rows << ", normalised " << normalised << ", country "
              << country << ", city " << city << ", salary " << salary << " (dropped "
              << salary_dropped << "), type " << type << ", level " << level << ", years " << years
              << ", skills " << skills << ", requirements " << requirements << ", deadline "
              << expires << "\n";
    for (const auto& [why, n] : refused)
      std::cout << "  " << n << " refused: " << why << "\n";
    ::testing::Test::RecordProperty(std::string{name} + "_rows", rows);
    ::testing::Test::RecordProperty(std::string{name} + "_normalised", normalised);
  }
};

RawPosting raw(std::string id) {
  RawPosting p;
  p.source = SourceKind::feed;
  p.source_id = std::move(id);
  return p;
}

TEST(RealPostings, Emscad) {
  NEEDS_REAL_DATA();
  Tally tally;
  int with_location = 0;
  for (auto& row : real::csv(real::contents(real::folder() / "postings" / "emscad_sample.csv"))) {
    auto p = raw("emscad:" + std::to_string(tally.rows));
    p.title = row["title"];
    p.location = row["location"];
    p.description = row["company_profile"] + "\n\n" + row["description"] + "\n\nRequirements\n" +
                    row["requirements"] + "\n\nBenefits\n" + row["benefits"];
    p.salary.text = row["salary_range"];
    p.contract_hints = {row["employment_type"]};
    p.seniority_hint = row["required_experience"];
    p.workplace_hint = row["telecommuting"] == "1" ? "remote" : "";
    auto posting = normalise(p, now());
    with_location += !row["location"].empty();
    tally.count(posting);
  }
  tally.report("emscad");
  EXPECT_EQ(tally.rows, 437);
  EXPECT_EQ(tally.normalised, tally.rows);
  EXPECT_EQ(tally.country, with_location);  // every location there names its country
}

TEST(RealPostings, Armenia) {
  NEEDS_REAL_DATA();
  Tally tally;
  for (auto& row : real::csv(real::contents(real::folder() / "postings" / "armenia_2004.csv"))) {
    auto value = [&](const char* name) { return row[name] == "NA" ? std::string{} : row[name]; };
    auto p = raw("armenia:" + std::to_string(tally.rows));
    p.title = value("Title");
    if (p.title.empty())  // announcements of courses and grants have none
      p.title = row["jobpost"].substr(0, row["jobpost"].find('\n'));
    p.company = value("Company");
    p.location = value("Location");
    p.description = row["jobpost"];
    p.salary.text = value("Salary");
    p.contract_hints = {value("Term")};
    p.posted_at = parse_date(row["date"]);
    p.expires_at = parse_date(value("Deadline"));
    tally.count(normalise(p, now()));
  }
  tally.report("armenia");
  EXPECT_EQ(tally.rows, 319);
  EXPECT_EQ(tally.normalised, tally.rows);
}

TEST(RealPostings, UsajobsAnnouncementsAndFullText) {
  NEEDS_REAL_DATA();
  auto file = real::contents(real::folder() / "postings" / "usajobs_announcements.jsonl.gz");
  Tally tally, full;
  for (std::size_t at = 0; at < file.size();) {
    auto end = std::min(file.find('\n', at), file.size());
    auto document = json::Document::parse(std::string_view{file}.substr(at, end - at));
    at = end + 1;
    if (!document)
      continue;
    auto row = document->root();
    auto p = raw("usajobs:" + fields::scalar(row["control_number"]));
    p.title = row["position_title"].string_or("");
    p.company = row["agency"].string_or("");
    p.country_hint = "US";
    p.url = row["usajobs_url"].string_or("");
    // These have no text of their own: what they are filed under stands in for it.
    p.description = row["department"].string_or("") + "\n" + row["occupation_series"].dump();
    p.contract_hints = {row["appointment_type"].string_or("")};
    p.posted_at = parse_date(row["open_date"].string_or(""));
    p.expires_at = parse_date(row["close_date"].string_or(""));
    tally.count(normalise(p, now()));
  }
  tally.report("usajobs_announcements");
  EXPECT_EQ(tally.rows, 13985);
  EXPECT_EQ(tally.normalised, tally.rows);
  EXPECT_EQ(tally.expires, tally.rows);

  auto document =
    json::Document::parse(real::contents(real::folder() / "postings" / "usajobs_full_text.json"));
  ASSERT_TRUE(document);
  document->root().each_element([&](json::View row) {
    auto p = raw("usajobs:" + row["control_number"].string_or(""));
    p.title = row["title"].string_or("");
    p.company = row["organization"].string_or("");
    p.location = row["location"].string_or("");
    p.salary.min = fields::number(row["min_salary"]);
    p.salary.max = fields::number(row["max_salary"]);
    p.salary.currency = "USD";
    p.description =
      row["duties"].string_or("") + "\n\nQualifications\n" + row["qualifications"].string_or("");
    p.posted_at = parse_date(row["open_date"].string_or(""));
    p.expires_at = parse_date(row["close_date"].string_or(""));
    auto posting = normalise(p, now());
    full.count(posting);
    if (posting)
      EXPECT_EQ(posting->job.country, p.location.ends_with("Japan") ? "JP" : "US") << p.location;
  });
  full.report("usajobs_full_text");
  EXPECT_EQ(full.normalised, 9);
}

TEST(RealPostings, UsajobsSalariesAreYearlyButForThoseThatCannotBe) {
  NEEDS_REAL_DATA();
  Tally tally;
  for (auto& row :
       real::csv(real::contents(real::folder() / "postings" / "usajobs_salaries.csv"))) {
    auto p = raw("usajobs:" + row["control_number"]);
    p.title = row["position_title"];
    p.company = row["hiring_agency_name"];
    p.country_hint = "US";
    p.description = row["work_schedule"] + " position";
    p.salary.min = std::strtod(row["minimum_salary"].c_str(), nullptr);
    p.salary.max = std::strtod(row["maximum_salary"].c_str(), nullptr);
    p.contract_hints = {row["work_schedule"]};
    tally.count(normalise(p, now()));
  }
  tally.report("usajobs_salaries");
  EXPECT_EQ(tally.normalised, 316);
  EXPECT_EQ(tally.salary, 313);  // two of nothing, one by the hour that does not say so
  EXPECT_EQ(tally.salary_dropped, 3);
}

TEST(RealPostings, GreenhousesDocumentedAnswers) {
  NEEDS_REAL_DATA();
  auto folder = real::folder() / "api";
  auto listing = read_greenhouse(real::contents(folder / "greenhouse" / "jobs_1.json"),
                                 {.name = "gh", .board = "vaulttec"});
  ASSERT_TRUE(listing) << listing.error().detail;
  EXPECT_TRUE(listing->complete);
  auto all = normalise_all(*listing, "gh", now());
  ASSERT_EQ(all.postings.size(), 1u);
  EXPECT_EQ(all.postings[0].job.title, "Vault Designer");
  EXPECT_EQ(all.postings[0].job.city, "New York");
  EXPECT_EQ(all.postings[0].job.description.find("&lt;"), std::string::npos);
  for (const auto& file : std::filesystem::directory_iterator{folder / "greenhouse"})
    if (!file.path().filename().string().starts_with("jobs_")) {
      auto other = read_greenhouse(real::contents(file.path()), {.name = "gh", .board = "x"});
      EXPECT_TRUE(other || !other.error().detail.empty()) << file.path();
    }
}

TEST(RealPostings, SchemaOrgsExamples) {
  NEEDS_REAL_DATA();
  auto folder = real::folder() / "api" / "schema_org_jobposting";
  auto read = [&](const char* name) {
    return read_jsonld(real::contents(folder / name),
                       {.name = "page", .board = "https://x.example/" + std::string{name}});
  };
  auto first = read("eg-0028_json.html");
  ASSERT_TRUE(first);
  auto posting = normalise(first->postings.at(0), now());
  ASSERT_TRUE(posting);
  EXPECT_EQ(posting->job.title, "Software Engineer");
  EXPECT_EQ(posting->job.city, "Kirkland");
  EXPECT_EQ(posting->job.country, "US");
  EXPECT_EQ(posting->job.salary_min, 100000);
  EXPECT_EQ(posting->job.job_type, JobType::full_time);
  EXPECT_TRUE(read("eg-0268_json.html"));
  EXPECT_EQ(read("eg-0028_microdata.html").error().code, Errc::unprocessable);
}

TEST(RealPostings, NaughtyStringsGoThroughEveryField) {
  NEEDS_REAL_DATA();
  auto document =
    json::Document::parse(real::contents(real::folder() / "hostile" / "naughty_strings.json"));
  ASSERT_TRUE(document) << document.error().detail;
  int strings = 0;
  document->root().each_element([&](json::View v) {
    auto s = v.string_or("");
    auto p = raw("naughty:" + std::to_string(strings++));
    p.title = "Engineer " + s;
    p.company = p.location = p.salary.text = p.country_hint = p.workplace_hint = p.url = s;
    p.description = p.tags.emplace_back(s) + " text";
    p.description_is_html = true;
    auto posting = normalise(p, now());
    if (!posting) {  // the text was in a script or a tag that never ends
      EXPECT_EQ(posting.error().detail, "the posting has no description") << s;
      EXPECT_NE(s.find('<'), std::string::npos) << s;
      return;
    }
    EXPECT_TRUE(text::valid_utf8(posting->job.title)) << s;
    EXPECT_TRUE(text::valid_utf8(posting->job.description)) << s;
    EXPECT_TRUE(posting->job.country.empty() || posting->job.country.size() == 2) << s;
  });
  EXPECT_EQ(strings, 301);
}

}  // namespace
}  // namespace jobraker
