#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/chat/core/interview.hpp"
#include "messages/codec.hpp"
#include "messages/json_schema.hpp"

namespace jobraker::chat {
namespace {

using testing::HasSubstr;

InterviewReply asks(std::string question) { return {.next_question = question}; }
InterviewReply judges(double score, std::string feedback, std::string question = "") {
  return {.score = score, .feedback_on_answer = feedback, .next_question = question};
}

TEST(Interview, RunsThroughItsQuestionsAndEndsWithTheMean) {
  Interview interview{.role = "baker", .questions = 2};
  EXPECT_EQ(advance(interview, "", asks("Why baking?")).say, "Why baking?");
  auto step = advance(interview, " I love bread. ", judges(80, "Warm.", "Which flour?"));
  EXPECT_EQ(step.say, "Warm.\n\nWhich flour?");
  EXPECT_FALSE(step.finished);
  auto last = judges(61, "Vague.", "One more?");
  last.final_feedback = InterviewFeedback{99, {"Warmth"}, {"Facts"}};
  step = advance(interview, "White.", last);
  EXPECT_EQ(step.say, "Vague.\n\n70.5 / 100\n+ Warmth\n- Facts");
  EXPECT_TRUE(step.finished);
  EXPECT_TRUE(interview.finished);
  EXPECT_EQ(interview.asked[0].answer, "I love bread.");
  EXPECT_EQ(interview.asked[1].score, 61);
  auto kept = interview;
  EXPECT_EQ(advance(interview, "More!", asks("Q")).say, "70.5 / 100\n+ Warmth\n- Facts");
  EXPECT_EQ(interview, kept);
}

TEST(Interview, AModelThatEndsEarlyGoesOn) {
  Interview interview{.role = "baker", .questions = 3};
  advance(interview, "", {.finished = true});
  ASSERT_EQ(interview.asked.size(), 1U);
  EXPECT_FALSE(interview.asked[0].question.empty());
  auto early = judges(50, "Ok.", interview.asked[0].question);  // a question that was asked before
  early.finished = true;
  early.final_feedback = InterviewFeedback{100, {"All"}, {}};
  auto step = advance(interview, "Because.", early);
  EXPECT_FALSE(step.finished);
  ASSERT_EQ(interview.asked.size(), 2U);
  EXPECT_NE(interview.asked[0].question, interview.asked[1].question);
  EXPECT_FALSE(interview.feedback);
}

TEST(Interview, ThePersonMayStop) {
  Interview interview{.role = "baker"};
  advance(interview, "", asks("One?"));
  advance(interview, "Yes", judges(90, "Strong.", "Two?"));
  auto step = advance(interview, "stop", judges(0, "Not an answer."), true);
  EXPECT_TRUE(step.finished);
  EXPECT_EQ(step.say, "90 / 100\n+ Strong.");
  EXPECT_EQ(interview.asked.size(), 1U);
  Interview none{.role = "baker"};
  EXPECT_EQ(advance(none, "", {}, true).say, "");
  EXPECT_FALSE(none.feedback->overall_score);
}

TEST(Interview, AnEmptyAnswerAsksAgain) {
  Interview interview{.role = "baker"};
  advance(interview, "", asks("One?"));
  EXPECT_EQ(advance(interview, " \n", judges(0, "Nothing.", "Two?")).say, "One?");
  EXPECT_EQ(interview.asked.size(), 1U);
}

TEST(Interview, WithoutASummaryTheSingleFeedbacksAreOne) {
  Interview interview{.role = "baker", .questions = 3};
  advance(interview, "", asks("1?"));
  advance(interview, "a", judges(20, "Weak.", "2?"));
  advance(interview, "b", judges(95, "Great.", "3?"));
  auto step = advance(interview, "c", judges(69, "Nearly."));
  EXPECT_EQ(step.say, "Nearly.\n\n61.3 / 100\n+ Great.\n- Weak.\n- Nearly.");
}

TEST(Interview, RepliesAreReadWhateverTheirForm) {
  auto good = read_interview_reply(
    "```json\n{\"score\":140,\"feedback_on_answer\":\" Fine. \",\"next_question\":null,"
    "\"finished\":true,\"final_feedback\":{\"strengths\":[\"a\",\"\",7],\"improvements\":\"x\","
    "\"overall_score\":-5}}\n```");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->score, 100);
  EXPECT_EQ(good->feedback_on_answer, "Fine.");
  EXPECT_EQ(good->next_question, "");
  EXPECT_TRUE(good->finished);
  EXPECT_EQ(good->final_feedback, (InterviewFeedback{0, {"a"}, {}}));
  auto odd = read_interview_reply(R"({"score":"ten","finished":"yes","final_feedback":[]})");
  ASSERT_TRUE(odd);
  EXPECT_FALSE(odd->score || odd->finished || odd->final_feedback);
  for (auto bad : {"", "Sure! What is your name?", "}{", "{\"score\":", "[1]"})
    EXPECT_EQ(read_interview_reply(bad).error().code, Errc::malformed) << bad;
}

TEST(Interview, TheProgressCountsWhatRemainsAfterTheAnswer) {
  Interview interview{.role = "baker", .posting = "secret", .questions = 2};
  auto remain = [&](bool stop = false) {
    auto text = interview_progress(interview, stop);
    EXPECT_EQ(text.find("secret"), std::string::npos);
    return json::Document::parse(text)->root()["remain"].integer();
  };
  EXPECT_EQ(remain(), 2);
  advance(interview, "", asks("1?"));
  EXPECT_EQ(remain(), 1);
  EXPECT_EQ(remain(true), 0);
  advance(interview, "my words", judges(70, "", "2?"));
  EXPECT_EQ(remain(), 0);
  auto text = interview_progress(interview);
  EXPECT_THAT(text, HasSubstr(R"({"question":"1?","score":70)"));
  EXPECT_EQ(text.find("my words"), std::string::npos);
}

TEST(Interview, TheSchemaOfTheTreeIsWhatIsRead) {
  std::ifstream in{std::string{JOBRAKER_SOURCE_DIR} + "/config/prompts/mock_interview.schema.json"};
  auto schema = json::Schema::compile(std::string{std::istreambuf_iterator<char>{in}, {}});
  ASSERT_TRUE(schema);
  std::string text =
    R"({"score":70,"feedback_on_answer":"f","next_question":null,"finished":true,
        "final_feedback":{"strengths":["s"],"improvements":["i"],"overall_score":71}})";
  auto document = json::Document::parse(text);
  EXPECT_TRUE(schema->check(document->root()));
  auto reply = read_interview_reply(text);
  EXPECT_EQ(reply->score, 70);
  EXPECT_EQ(reply->feedback_on_answer, "f");
  EXPECT_EQ(reply->final_feedback, (InterviewFeedback{71, {"s"}, {"i"}}));
}

TEST(Interview, AnyModelIsHeldToTheNumberOfQuestions) {
  ASSERT_TRUE(rc::check([] {
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    auto below = [&](std::uint64_t limit) { return random() % limit; };
    Interview interview{.role = "r", .questions = static_cast<std::int64_t>(below(8))};
    auto any_reply = [&] {
      constexpr double scores[] = {-1,
                                   0,
                                   55.5,
                                   100,
                                   1e9,
                                   std::numeric_limits<double>::infinity(),
                                   std::numeric_limits<double>::quiet_NaN()};
      constexpr std::string_view texts[] = {"", " ", "Same?", "A", "B", "C"};
      InterviewReply reply{.feedback_on_answer = std::string{texts[below(6)]},
                           .next_question = std::string{texts[below(6)]},
                           .finished = below(2) == 0};
      if (below(4))
        reply.score = scores[below(7)];
      if (below(2))
        reply.final_feedback = InterviewFeedback{scores[below(7)], {}, {}};
      return reply;
    };
    advance(interview, "", any_reply());
    auto wanted = interview.questions;
    RC_ASSERT(wanted >= 1);
    std::int64_t answers = 0;
    while (!interview.finished) {
      RC_ASSERT(static_cast<std::int64_t>(interview.asked.size()) <= wanted);
      RC_ASSERT(!interview.asked.back().question.empty());
      bool blank = below(5) == 0, stop = below(30) == 0;
      auto step = advance(interview, blank ? "" : "answer", any_reply(), stop);
      RC_ASSERT(step.finished == interview.finished);
      answers += blank || stop ? 0 : 1;
      RC_ASSERT(stop || step.finished == (answers == wanted));
      if (!step.finished)
        RC_ASSERT(step.say.ends_with(interview.asked.back().question));
      // What is kept can be kept: it comes back from JSON as it was.
      auto again = json::decode<Interview>(json::encode(interview));
      RC_ASSERT(again.has_value());
      RC_ASSERT(*again == interview);
    }
    RC_ASSERT(static_cast<std::int64_t>(interview.asked.size()) == answers);
    for (const auto& asked : interview.asked)
      if (asked.score)
        RC_ASSERT(*asked.score >= 0 && *asked.score <= 100);
    RC_ASSERT(interview.feedback->overall_score == average_score(interview));
  }));
}

}  // namespace
}  // namespace jobraker::chat
