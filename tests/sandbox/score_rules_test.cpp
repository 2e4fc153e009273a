#include "tools/sandbox/score_rules.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/json.hpp"
#include "tools/sandbox/postings.hpp"

namespace jobraker::sandbox {
namespace {

constexpr std::string_view engineer =
  R"({"summary":{"years_of_experience":8,"career_level":"senior","professional_summary":"C++ engineer for low-latency systems"},
 "skills":{"programming_languages":["C++","Python"],"frameworks_libraries":["Boost","gRPC"],"tools_platforms":["Linux","CMake","gdb"],"soft_skills":["communication"]},
 "experience":{"job_titles":["Senior C++ Engineer","Software Engineer"],"companies":["A","B"],"experience_descriptions":["Wrote a matching engine with lock-free queues and TCP/IP multicast","Backend services"]},
 "preferences":{"preferred_locations":["London"],"salary_range_min":80000,"job_types":["full_time"]},"location":"London, UK"})";

constexpr std::string_view nurse =
  R"({"skills":{"tools_platforms":["patient care","IV therapy","triage","BLS"]},"experience":{"job_titles":["Registered Nurse"]},"summary":{"years_of_experience":6,"career_level":"mid"},"location":"Bath, UK"})";

JudgedJob to_judged(const Posting& posting) {
  json::Writer out;
  out.begin_array()
    .begin_object()
    .member("job_id", std::string_view{posting.key})
    .member("title", std::string_view{posting.title});
  out.member("location", std::string_view{posting.place})
    .member("workplace", std::string_view{posting.workplace});
  out.key("skills").begin_array();
  for (const auto& skill : posting.skills)
    out.value(std::string_view{skill});
  out.end_array().member("description", std::string_view{posting.plain()}).end_object().end_array();
  return read_jobs(out.text()).at(0);
}

/// Every posting judged for one person, best first.
std::vector<std::pair<double, PostingPtr>> ranked(std::string_view person) {
  auto candidate = read_candidate(person);
  PostingStore store{now()};
  std::vector<std::pair<double, PostingPtr>> out;
  for (const auto& posting : store.all())
    out.emplace_back(judge(candidate, to_judged(*posting)).compatibility, posting);
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  return out;
}

TEST(Scoring, AnEngineersBestPostingsAreCppInOrNearLondon) {
  auto best = ranked(engineer);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NE((best[i].second->title + best[i].second->plain()).find("C++"), std::string::npos)
      << best[i].second->title;
    EXPECT_TRUE(best[i].second->place == "London" || best[i].second->workplace == "remote")
      << best[i].second->place;
    EXPECT_GE(best[i].first, 75);
  }
}

TEST(Scoring, ANursesBestPostingsAreNursingAndCodeIsAnotherProfession) {
  auto best = ranked(nurse);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NE(best[i].second->title.find("Nurse"), std::string::npos) << best[i].second->title;
  for (const auto& [score, posting] : best)
    if (posting->title.find("C++") != std::string::npos)
      EXPECT_LT(score, 25) << posting->title;
}

TEST(Scoring, ATooSeniorPostingScoresLowerThanOneOfTheRightLevel) {
  auto candidate = read_candidate(
    R"({"skills":{"programming_languages":["Python","SQL"]},"experience":{"job_titles":["Junior Data Analyst"]},"summary":{"years_of_experience":1,"career_level":"junior"}})");
  auto jobs = read_jobs(
    R"([{"job_id":"1","title":"Junior Data Analyst","skills":["SQL","Python"],"description":"1+ years of analysis of sales data with SQL."},
    {"job_id":"2","title":"Lead Data Analyst","skills":["SQL","Python"],"description":"8+ years of analysis of sales data with SQL."}])");
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_GT(judge(candidate, jobs[0]).compatibility, judge(candidate, jobs[1]).compatibility + 10);
}

TEST(Scoring, AnOnSiteJobAbroadIsNoStrongFitHoweverWellTheRestFits) {
  auto candidate = read_candidate(engineer);
  auto score = [&](const std::string& place, const std::string& workplace) {
    auto jobs = read_jobs(
      R"([{"job_id":"1","title":"Senior C++ Engineer","location":")" + place +
      R"(","workplace":")" + workplace + R"(","job_type":"full_time","salary":{"max":120000},)" +
      R"("skills":["C++","Linux","CMake","Boost","gRPC"],"description":")" + std::string(30, 'x') +
      std::string(300, ' ') + R"(Five years of C++ on Linux."}])");
    return judge(candidate, jobs.at(0)).compatibility;
  };
  for (const char* place : {"Austin, TX", "Austin, TX, US", "Toulouse, France"}) {
    EXPECT_LT(score(place, "on_site"), 70) << place;
    EXPECT_LT(score(place, "hybrid"), 70) << place;
    EXPECT_GE(score(place, "remote"), 85) << place;
  }
  EXPECT_GE(score("London", "on_site"), 85);
  // Another town of the same country, however the country is written.
  EXPECT_GT(score("Leeds, United Kingdom", "on_site"), score("Austin, TX", "on_site"));
  EXPECT_EQ(score("Leeds, United Kingdom", "on_site"), score("Leeds, UK", "on_site"));
}

TEST(Scoring, TheAnswerHoldsEachJobOnceAndKeepsToItsBounds) {
  ASSERT_TRUE(rc::check([] {
    static const std::vector<std::string> titles{"Registered Nurse", "C++ Engineer", "",
                                                 "Chef de Partie", "Head of Everything"};
    auto picks = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::inRange<std::size_t>(0, titles.size()));
    std::string jobs;
    for (std::size_t i = 0; i < picks.size(); ++i)
      jobs += (i ? "," : "") + std::string{R"({"job_id":"j)"} + std::to_string(i) +
              R"(","title":")" + titles[picks[i]] + R"(","description":"C++, triage and cooking"})";
    auto message =
      "<candidate>" + std::string{engineer} + "</candidate><jobs>[" + jobs + "]</jobs>";
    auto document = json::Document::parse(answer_score_jobs(message));
    RC_ASSERT(document.has_value());
    auto scores = document->root()["scores"];
    RC_ASSERT(scores.size() == picks.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      auto score = scores.at(i);
      RC_ASSERT(score["job_id"].string_or("") == "j" + std::to_string(i));
      for (auto name : {"compatibility_score", "confidence_score", "culture_match_score"}) {
        auto value = score[name].number().value_or(-1);
        RC_ASSERT(value >= 0 && value <= 100);
      }
      RC_ASSERT(score["match_factors"].size() <= 5);
      RC_ASSERT(score["mismatch_factors"].size() <= 5);
      RC_ASSERT(!score["reasoning"].string_or("").empty());
    }
  }));
}

TEST(Scoring, ProseOrNothingInsteadOfJsonIsBorne) {
  EXPECT_EQ(answer_score_jobs("no tags at all"), R"({"scores":[]})");
  EXPECT_EQ(answer_score_jobs("<candidate>{broken</candidate><jobs>[]</jobs>"), R"({"scores":[]})");
}

}  // namespace
}  // namespace jobraker::sandbox
