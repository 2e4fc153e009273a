#include "tools/sandbox/chat_plan.hpp"

#include <gtest/gtest.h>

#include "tests/sandbox/chat_tools.hpp"

namespace jobraker::sandbox {
namespace {

constexpr std::chrono::sys_days today{std::chrono::year{2026} / 11 / 21};  // a Saturday
constexpr std::string_view job = "0b54a6c2-8f2f-4c56-9c0b-1f9f8f6f0a11";

std::string planned(std::string_view question, const std::vector<ChatTool>& tools) {
  std::string out;
  for (const auto& call : plan_calls(question, tools, today))
    out += (out.empty() ? "" : " ") + call.tool + (call.ordinal > 0 ? "*" : call.arguments);
  return out;
}

struct PlanCase {
  std::string question, calls;
};

void check(const std::vector<PlanCase>& cases, const std::vector<ChatTool>& tools) {
  for (const auto& one : cases)
    EXPECT_EQ(planned(one.question, tools), one.calls) << one.question;
}

TEST(Plan, TheProductsFunctionsByTheWordsOfAQuestion) {
  OfferedTools offered{product_tools()};
  check(
    {{"What is the status of my application at Acme?",
      R"(getApplicationStatus{"companyName":"Acme"})"},
     {"what's the status of my application at acme",
      R"(getApplicationStatus{"companyName":"acme"})"},
     {"Have I heard back about my application to Odra Stal for the Backend Engineer role?",
      R"(getApplicationStatus{"companyName":"Odra Stal","jobTitle":"Backend Engineer"})"},
     {"What is the status of my application?", "listApplications{}"},
     {"List my applications", "listApplications{}"},
     {"Show me my rejected applications", R"(listApplications{"status":"rejected"})"},
     {"Find remote Rust jobs in Berlin",
      R"(searchJobs{"query":"rust","location":"Berlin","remote":true})"},
     {"Find nurse jobs in New York paying at least 60k posted in the last 7 days",
      R"(searchJobs{"query":"nurse paying at least 60k posted last 7 days","location":"New York","salaryMin":60000,"postedWithinDays":7})"},
     {"Recommend jobs for me", "recommendJobs{}"},
     {"Tell me about job " + std::string{job},
      R"(getJobDetails{"jobId":")" + std::string{job} + "\"}"},
     {"How can I improve my resume?", "getResumeFeedback{}"},
     {"What skills am I missing?", "getSkillGaps{}"},
     {"Which skills do I lack to become a data engineer?",
      R"(getSkillGaps{"targetRole":"data engineer"})"},
     {"Are there free slots at Acme?", R"(getInterviewSlots{"companyName":"Acme"})"},
     {"Set my minimum salary to 90000 EUR",
      R"(updatePreferences{"salary_range_min":90000,"salary_currency":"EUR"})"},
     {"I only want remote work", R"(updatePreferences{"preferred_locations":["Remote"]})"},
     {"I want to work part-time in Munich",
      R"(updatePreferences{"preferred_locations":["Munich"],"job_types":["part_time"]})"},
     {"Apply to job " + std::string{job}, R"(startAutoApply{"jobId":")" + std::string{job} + "\"}"},
     {"Good morning", ""},
     {"How do I write a good letter?", ""}},
    offered.tools);
}

TEST(Plan, SeveralRequestsInOneMessage) {
  OfferedTools offered{product_tools()};
  check(
    {{"List my applications and recommend jobs for me", "listApplications{} recommendJobs{}"},
     {"Find C++ and SQL jobs in Berlin", R"(searchJobs{"query":"c++ sql","location":"Berlin"})"},
     {"Find Rust jobs in Berlin and show me the first",
      R"(searchJobs{"query":"rust","location":"Berlin"} getJobDetails*)"},
     {"Schedule an interview with Acme on 2026-12-01 at 14:00",
      R"(getInterviewSlots{"companyName":"Acme","from":"2026-12-01"} scheduleInterview*)"}},
    offered.tools);
}

TEST(Plan, NamesOfParametersAreTheSchemas) {
  OfferedTools offered{R"([
    {"name":"schedule_interview","parameters":{"type":"object","properties":{"company":{"type":"string"},"StartsAt":{"type":"string","format":"date-time"}},"required":["company"]}},
    {"name":"startAutoApply","parameters":{"type":"object","properties":{"job_id":{"type":"string"}},"required":["job_id"]}},
    {"name":"updatePreferences","parameters":{"type":"object","properties":{"preferences":{"type":"object","properties":{"salary":{"type":"object","properties":{"min":{"type":"integer"}}},"remote":{"type":"boolean"}}}}}}])"};
  check({{"Schedule an interview with Acme next Tuesday at 2 pm",
          R"(schedule_interview{"company":"Acme","StartsAt":"2026-11-24T14:00:00Z"})"},
         {"Apply to job " + std::string{job},
          R"(startAutoApply{"job_id":")" + std::string{job} + "\"}"},
         {"set my minimum salary to 90,000",
          R"(updatePreferences{"preferences":{"salary":{"min":90000}}})"},
         {"I only want remote work", R"(updatePreferences{"preferences":{"remote":true}})"}},
        offered.tools);
}

ToolResult result(std::string name, std::string text) { return {std::move(name), text, text, {}}; }

TEST(Plan, NumbersGoWhereTheyBelong) {
  OfferedTools offered{
    R"([{"name":"startAutoApply","parameters":{"type":"object","required":["minScore","maxPerDay"],"properties":{
    "minScore":{"type":"integer","minimum":60,"maximum":100},"maxPerDay":{"type":"integer","minimum":1},
    "days":{"type":"integer"},"excludeCompanies":{"type":"array","items":{"type":"string"}}}}}])"};
  check({{"Start auto-apply for matches of at least 80 percent, 5 a day for two weeks except Acme",
          R"(startAutoApply{"minScore":80,"maxPerDay":5,"days":14,"excludeCompanies":["Acme"]})"},
         {"Apply automatically to what fits", R"(startAutoApply{"minScore":60,"maxPerDay":1})"}},
        offered.tools);
}

TEST(NextCalls, AResultGivesWhatALaterCallNeeds) {
  OfferedTools offered{product_tools()};
  Reading reading;
  reading.question = "Find Rust jobs and show me the second";
  EXPECT_EQ(next_calls(reading, offered.tools, today).size(), 1U) << "the search first";
  std::string second = "11111111-2222-4333-8444-555555555555";
  reading.results = {result("searchJobs", R"({"items":[{"id":")" + std::string{job} +
                                            R"("},{"id":")" + second + "\"}]}")};
  auto calls = next_calls(reading, offered.tools, today);
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].tool, "getJobDetails");
  EXPECT_EQ(calls[0].arguments, R"({"jobId":")" + second + "\"}");
  reading.results.push_back(result("getJobDetails", "{}"));
  EXPECT_TRUE(next_calls(reading, offered.tools, today).empty());
}

TEST(NextCalls, TheSlotAtTheWantedTimeIsTakenAndNoOther) {
  OfferedTools offered{product_tools()};
  Reading reading;
  reading.question = "Schedule an interview with Acme on 2026-12-01 at 14:00";
  std::string slot = "11111111-2222-4333-8444-555555555555";
  reading.results = {
    result("getInterviewSlots", R"({"slots":[{"id":")" + std::string{job} +
                                  R"(","starts_at":"2026-12-01T09:00:00Z"},{"id":")" + slot +
                                  R"(","starts_at":"2026-12-01T14:00:00Z"}]})")};
  auto calls = next_calls(reading, offered.tools, today);
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].arguments, R"({"slotId":")" + slot + "\"}");
  reading.results[0].text =
    R"({"slots":[{"id":")" + slot + R"(","starts_at":"2026-12-02T14:00:00Z"}]})";
  EXPECT_TRUE(next_calls(reading, offered.tools, today).empty());
}

TEST(When, DaysAndTimes) {
  auto found = [](std::string_view text) { return find_when(text, today).date_time(); };
  EXPECT_EQ(found("on 2026-12-01 at 9"), "2026-12-01T09:00:00Z");
  EXPECT_EQ(found("1 December, 14:30"), "2026-12-01T14:30:00Z");
  EXPECT_EQ(found("March 3rd 2027 at 10 am"), "2027-03-03T10:00:00Z");
  EXPECT_EQ(found("January 5"), "2027-01-05T10:00:00Z");
  EXPECT_EQ(found("tomorrow at 3 pm"), "2026-11-22T15:00:00Z");
  EXPECT_EQ(found("on Monday"), "2026-11-23T10:00:00Z");
  EXPECT_EQ(found("2026-12-01T16:45:00Z"), "2026-12-01T16:45:00Z");
  EXPECT_EQ(found("some day"), "");
}

}  // namespace
}  // namespace jobraker::sandbox
