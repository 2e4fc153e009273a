#include "actors/applications/core/outcome.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/json.hpp"

namespace jobraker::applications {
namespace {

using Status = ApplicationStatus;

constexpr RunState every_state[] = {RunState::created,    RunState::queued,    RunState::running,
                                    RunState::paused,     RunState::completed, RunState::failed,
                                    RunState::terminated, RunState::timed_out, RunState::canceled,
                                    RunState::other};

RunReport report(RunState state, std::string output = "", std::string reason = "") {
  RunReport r;
  r.run_id = "tsk_1";
  r.state = state;
  r.output = std::move(output);
  r.failure_reason = std::move(reason);
  r.step_count = 4;
  return r;
}

RunReport gave_up(std::string code, RunState state = RunState::terminated) {
  auto r = report(state);
  r.errors = {{std::move(code), "Their words."}};
  return r;
}

TEST(Outcome, OfEveryEnd) {
  struct Case {
    RunReport report;
    Status status;
    bool certain;
  };
  auto untouched = report(RunState::failed, "", "The browser crashed.");
  untouched.step_count = 0;
  auto unsaid = untouched;
  unsaid.step_count.reset();
  const Case cases[] = {
    {report(RunState::completed), Status::submitted, false},
    {report(RunState::completed, R"({"submitted":true,"confirmation":"A17"})"), Status::submitted,
     false},
    {report(RunState::completed, R"({"confirmation_id":"A17"})"), Status::submitted, false},
    {report(RunState::completed, R"({"submitted":false,"message":"closed?"})"), Status::unknown,
     false},
    {report(RunState::completed, "[1,2]"), Status::submitted, false},
    {report(RunState::failed, "", "REACH_MAX_STEPS"), Status::failed, false},
    {untouched, Status::failed, true},
    {unsaid, Status::failed, false},
    {report(RunState::failed, R"({"submitted":true})"), Status::unknown, false},
    {report(RunState::failed, R"({"x":1})", "Failed to send webhook. code=500"), Status::unknown,
     false},
    {report(RunState::failed, "", "Failed to send webhook"), Status::unknown, false},
    {report(RunState::terminated, "", "Login wall"), Status::failed, false},
    {report(RunState::timed_out), Status::failed, false},
    {report(RunState::timed_out, R"({"submitted":true})"), Status::unknown, false},
    {gave_up("job_closed"), Status::failed, true},
    {gave_up("missing_information"), Status::needs_input, true},
    {gave_up("login_required", RunState::failed), Status::needs_input, true},
    {gave_up("captcha_blocked"), Status::needs_input, true},
    {gave_up("already_applied"), Status::unknown, false},
    {gave_up("REACH_MAX_STEPS"), Status::failed, false},
    {gave_up("missing_information", RunState::timed_out), Status::failed, false},
    {report(RunState::canceled), Status::failed, false},
  };
  for (const auto& c : cases) {
    auto outcome = outcome_of(c.report, false);
    EXPECT_EQ(outcome.status, c.status) << name_of(c.report.state) << " " << c.report.output;
    EXPECT_EQ(outcome.certain, c.certain) << name_of(c.report.state) << " " << c.report.output;
    EXPECT_FALSE(outcome.detail.empty());
  }
  EXPECT_EQ(outcome_of(report(RunState::canceled), true).status, Status::withdrawn);
}

TEST(Outcome, OfAPauseIsWhatThePersonHasToDo) {
  struct Case {
    std::string output, reason, instructions;
  };
  const Case cases[] = {
    {R"({"instructions":"Type the code."})", "Waits.", "Type the code."},
    {R"("Solve the puzzle.")", "", "Solve the puzzle."},
    {"", "Waits for a code.", "Waits for a code."},
  };
  for (const auto& c : cases) {
    auto outcome = outcome_of(report(RunState::paused, c.output, c.reason), false);
    EXPECT_EQ(outcome.status, Status::needs_input);
    EXPECT_EQ(outcome.instructions, c.instructions);
    EXPECT_FALSE(outcome.certain) << "the run is under way";
  }
  EXPECT_FALSE(outcome_of(report(RunState::paused), false).instructions.empty());
}

TEST(Outcome, QuotesNoNovels) {
  auto outcome = outcome_of(report(RunState::failed, "", std::string(1001, 'x') + "é"), false);
  EXPECT_LT(outcome.detail.size(), 1100u);
  std::string accents;
  for (int i = 0; i < 2000; ++i)
    accents += "é";
  auto cut = outcome_of(report(RunState::failed, "", accents), false).detail;
  json::Writer w;
  w.value(std::string_view{cut});
  EXPECT_EQ(w.text().find("\xEF\xBF\xBD"), std::string::npos) << "not cut inside a character";
}

TEST(Outcome, OnlyNewsAdvance) {
  for (auto known : every_state) {
    EXPECT_FALSE(advances(known, known));
    for (auto next : every_state) {
      bool both = advances(known, next) && advances(next, known);
      if (both) {
        EXPECT_FALSE(is_final(known) || is_final(next));
      }
      if (is_final(known))
        EXPECT_EQ(advances(known, next),
                  known == RunState::canceled && next == RunState::completed);
      else if (is_final(next))
        EXPECT_TRUE(advances(known, next));
    }
  }
  EXPECT_TRUE(advances(RunState::paused, RunState::running));
  EXPECT_FALSE(advances(RunState::running, RunState::queued));
}

TEST(Outcome, AsksForWhatItReads) {
  auto schema = json::Document::parse(output_schema);
  ASSERT_TRUE(schema);
  EXPECT_TRUE(schema->root()["properties"]["submitted"]);
  for (const auto& [code, when] : error_codes()) {
    auto outcome = outcome_of(gave_up(code), false);
    EXPECT_NE(outcome.detail.find("Their words."), std::string::npos) << code;
    EXPECT_EQ(outcome.certain, when.find("nothing was submitted") != std::string::npos) << code;
  }
}

TEST(Outcome, OfAnyTextIsNeverAWrongClaim) {
  EXPECT_TRUE(rc::check([](const std::string& noise) {
    auto r = report(*rc::gen::elementOf(std::vector<RunState>{
                      RunState::failed, RunState::terminated, RunState::timed_out}),
                    noise, noise);
    auto outcome = outcome_of(r, false);
    RC_ASSERT(outcome.status != Status::submitted);
    RC_ASSERT(!outcome.certain);
  }));
}

}  // namespace
}  // namespace jobraker::applications
