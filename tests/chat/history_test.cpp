#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/chat/core/history.hpp"

namespace jobraker::chat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::int64_t letters(std::string_view text) { return static_cast<std::int64_t>(text.size()); }

std::string fence(std::string_view id, std::string_view kind, std::string_view title,
                  std::string_view text) {
  return "<" + std::string{id} + "|" + std::string{kind} + "|" + std::string{title} + ">" +
         std::string{text} + "</>";
}

TurnId turn(int number) { return TurnId::of("turn " + std::to_string(number)); }

ChatMessage asks(int t, std::int64_t position, std::string text) {
  return {.turn_id = turn(t), .role = MessageRole::user, .position = position, .content = text};
}

ChatMessage says(int t, std::int64_t position, std::string text,
                 std::vector<ToolRecord> tools = {}) {
  return {.turn_id = turn(t),
          .role = MessageRole::assistant,
          .position = position,
          .content = text,
          .tools = tools};
}

/// `role:text`, calls as `role:text[id name args]`, results as `tool(id):text`.
std::vector<std::string> shape(const std::vector<ModelMessage>& messages) {
  std::vector<std::string> out;
  for (const auto& m : messages) {
    auto line = std::string{name_of(m.role)};
    if (m.role == ModelRole::tool)
      line += "(" + m.tool_call_id + ")";
    line += ":" + m.text;
    for (const auto& call : m.tool_calls)
      line += "[" + call.id + " " + call.name + " " + call.arguments + "]";
    out.push_back(line);
  }
  return out;
}

/// Every call has its result right behind it, in order, and no result stands alone; ids are unique.
void check_pairs(const std::vector<ModelMessage>& messages) {
  std::set<std::string> ids;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].role == ModelRole::tool)
      RC_FAIL("a result without its call");
    if (messages[i].tool_calls.empty())
      continue;
    RC_ASSERT(messages[i].role == ModelRole::assistant);
    auto calls = messages[i].tool_calls;
    for (const auto& call : calls) {
      ++i;
      RC_ASSERT(i < messages.size());
      RC_ASSERT(messages[i].role == ModelRole::tool);
      RC_ASSERT(messages[i].tool_call_id == call.id);
      RC_ASSERT(messages[i].name == call.name);
      RC_ASSERT(!call.id.empty());
      RC_ASSERT(ids.insert(call.id).second);
    }
  }
}

TEST(History, AnAnswerWithCallsIsReadRoundByRound) {
  auto message = says(1, 2, "Let me look.\n\nTwo jobs.\n\nDone.",
                      {{.call_id = "a",
                        .name = "searchJobs",
                        .arguments = R"({"q":"x"})",
                        .result = "[1]",
                        .text_before = "Let me look.",
                        .round = 1},
                       {.call_id = "b", .name = "listApplications", .result = "[]", .round = 1},
                       {.call_id = "a",
                        .name = "getJobDetails",
                        .arguments = "nonsense",
                        .result = "{}",
                        .text_before = "Two jobs.",
                        .round = 2}});
  EXPECT_THAT(
    shape(model_messages(message)),
    ElementsAre(R"(assistant:Let me look.[a searchJobs {"q":"x"}][b listApplications {}])",
                "tool(a):[1]", "tool(b):[]", "assistant:Two jobs.[a getJobDetails {}]",
                "tool(a):{}", "assistant:Done."));
  // Within one request ids are unique, whatever a server called them.
  auto history =
    build_history({asks(1, 1, "Jobs?"), message, asks(2, 3, "More?")}, {}, {}, letters, fence);
  EXPECT_EQ(history.messages[4].tool_calls[0].id, history.messages[5].tool_call_id);
  EXPECT_NE(history.messages[4].tool_calls[0].id, "a");
}

TEST(History, TheSummaryComesFirstFencedAndWhatItCoversIsGone) {
  std::vector<ChatMessage> messages{asks(1, 1, "old"), says(1, 2, "older"), asks(2, 3, "new"),
                                    says(2, 4, "newer"), asks(3, 5, "now")};
  auto history = build_history(messages, {"They said things.", 2}, {}, letters, fence);
  ASSERT_EQ(history.messages.size(), 4U);
  EXPECT_EQ(history.messages[0].role, ModelRole::system);
  EXPECT_THAT(history.messages[0].text, HasSubstr("<summary|summary|>They said things.</>"));
  EXPECT_THAT(shape({history.messages.begin() + 1, history.messages.end()}),
              ElementsAre("user:new", "assistant:newer", "user:now"));
  EXPECT_EQ(history.left_out, 0U);
  EXPECT_TRUE(history.to_summarise.empty());
}

TEST(History, TheOldestTurnsGoToTheSummaryWhole) {
  std::vector<ChatMessage> messages;
  for (int t = 0; t < 6; ++t) {
    messages.push_back(asks(t, 2 * t + 1, std::string(50, 'q')));
    messages.push_back(says(t, 2 * t + 2, std::string(50, 'a')));
  }
  messages.push_back(asks(6, 13, "now"));
  HistoryOptions options{.budget = 1000, .summarise_above = 500, .keep_verbatim = 230};
  auto history = build_history(messages, {}, options, letters, fence);
  EXPECT_EQ(history.summarise_until, 8);
  ASSERT_EQ(history.to_summarise.size(), 8U);
  EXPECT_EQ(history.to_summarise.back().position, 8);
  EXPECT_EQ(history.left_out, 0U);
  EXPECT_THAT(summary_input({"before", 0}, {history.to_summarise[0]}, fence),
              testing::AllOf(HasSubstr("<memory|summary|>before</>"),
                             HasSubstr("<transcript|transcript|>User: qqq")));
}

TEST(History, ASummaryEndsOnlyWhereNothingThatStaysLiesBefore) {
  // The second question was asked while the first was answered.
  std::vector<ChatMessage> messages{asks(1, 1, std::string(400, 'q')), asks(2, 2, "x"),
                                    says(1, 3, "a"), says(2, 4, "b"), asks(3, 5, "now")};
  HistoryOptions options{.budget = 1000, .summarise_above = 100, .keep_verbatim = 90};
  auto history = build_history(messages, {}, options, letters, fence);
  EXPECT_EQ(history.summarise_until, 4);
  EXPECT_EQ(history.to_summarise.size(), 4U);
  EXPECT_THAT(shape(history.messages).front(), HasSubstr("user:qqq"));
  EXPECT_THAT(shape({history.messages.begin() + 1, history.messages.end()}),
              ElementsAre("assistant:a", "user:x", "assistant:b", "user:now"));
}

TEST(History, AQuestionOverTheBudgetStandsAlone) {
  std::vector<ChatMessage> messages{asks(1, 1, "a"), says(1, 2, "b"),
                                    asks(2, 3, std::string(300, 'x'))};
  auto history = build_history(messages, {"sum", 0}, {.budget = 100}, letters, fence);
  ASSERT_EQ(history.messages.size(), 1U);
  EXPECT_EQ(history.messages[0].role, ModelRole::user);
  EXPECT_EQ(history.left_out, 2U);
}

TEST(History, PicturesLeaveAWordButNotInTheLatestMessage) {
  auto old = asks(1, 1, "look");
  auto latest = asks(2, 2, "");
  old.attachments = latest.attachments = {{"image/png", 10, "hash"}};
  auto history = build_history({old, latest}, {}, {}, letters, fence);
  EXPECT_THAT(shape(history.messages),
              ElementsAre("user:look\n\n(A picture was sent here, image/png.)", "user:"));
}

TEST(History, NothingPersonalReachesTheModel) {
  PersonalData data{{.names = {"Jane Doe"}}};
  std::vector<ChatMessage> messages{asks(1, 1, "I am Jane Doe"),
                                    says(1, 2, "Hello Jane.\n\nBye Doe.",
                                         {{.call_id = "1",
                                           .name = "f",
                                           .arguments = R"({"n":"x\nDoe"})",
                                           .result = R"(["y\nDoe"])",
                                           .text_before = "Hello Jane.",
                                           .round = 1}}),
                                    asks(2, 3, "Doe?")};
  auto history = build_history(messages, {"Jane wants a job.", 0}, {}, letters, fence, &data);
  std::string all = summary_input({"Jane", 0}, messages, fence, &data);
  for (const auto& line : shape(history.messages))
    all += line;
  EXPECT_THAT(all, Not(HasSubstr("Jane")));
  EXPECT_THAT(all, Not(HasSubstr("Doe")));
  EXPECT_THAT(shape(history.messages)[3], R"(tool(1):<f|function_result|>["y\n[NAME_3]"]</>)");
  EXPECT_EQ(history.messages[4].text, "Bye [NAME_3].");
}

TEST(History, NobodyAsksNothingIsSaid) {
  EXPECT_TRUE(build_history({}, {"s", 1}, {}, letters, fence).messages.empty());
  EXPECT_TRUE(build_history({says(1, 1, "a")}, {}, {}, letters, fence).messages.empty());
}

/// A conversation whose last message is the question.
std::vector<ChatMessage> conversation(std::mt19937_64& random) {
  auto below = [&](std::uint64_t limit) { return random() % limit; };
  std::vector<ChatMessage> out;
  std::int64_t position = 0;
  auto text = [&] { return std::string(below(60), 'x'); };
  auto turns = below(12);
  for (std::uint64_t t = 0; t < turns; ++t) {
    out.push_back(asks(static_cast<int>(t), ++position, text()));
    if (below(6) == 0)
      continue;  // failed: no answer
    std::vector<ToolRecord> tools;
    for (std::uint64_t round = 1; round <= below(4); ++round)
      for (auto n = 1 + below(3); n > 0; --n)
        tools.push_back({.call_id = below(3) == 0 ? "" : "c" + std::to_string(below(4)),
                         .name = "f" + std::to_string(below(3)),
                         .arguments = below(2) ? "{}" : "[",
                         .result = text(),
                         .text_before = below(2) ? text() : "",
                         .round = static_cast<std::int64_t>(round)});
    out.push_back(says(static_cast<int>(t), ++position, text(), tools));
  }
  out.push_back(asks(99, ++position, "Q" + text()));
  return out;
}

TEST(History, KeepsToTheBudgetInOrderWithCallsAndResultsTogether) {
  ASSERT_TRUE(rc::check([] {
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    auto messages = conversation(random);
    HistoryOptions options{.budget = static_cast<std::int64_t>(random() % 900),
                           .summarise_above = static_cast<std::int64_t>(random() % 500),
                           .keep_verbatim = static_cast<std::int64_t>(random() % 300)};
    ChatSummary summary{std::string(random() % 40, 's'),
                        static_cast<std::int64_t>(random() % messages.size())};
    auto history = build_history(messages, summary, options, letters, fence);
    RC_ASSERT(!history.messages.empty());
    RC_ASSERT(history.messages.back().text == messages.back().content);
    check_pairs(history.messages);

    std::int64_t tokens = 0;
    std::string said;
    for (const auto& message : history.messages) {
      tokens += options.message_overhead + letters(message.text);
      for (const auto& call : message.tool_calls)
        tokens += options.message_overhead + letters(call.name) + letters(call.arguments);
    }
    RC_ASSERT(tokens == history.tokens);
    RC_ASSERT(tokens <= options.budget || history.messages.size() == 1);

    // Whole turns, the newest ones, in order: what they say is a tail of what all say.
    bool noted = history.messages.front().role == ModelRole::system;
    std::vector<std::string> got, all;
    for (std::size_t i = noted ? 1 : 0; i < history.messages.size(); ++i)
      got.push_back(history.messages[i].text);
    for (const auto& message : messages)
      for (const auto& read : model_messages(message, fence))
        all.push_back(read.text);
    RC_ASSERT(got.size() <= all.size());
    RC_ASSERT(std::equal(got.rbegin(), got.rend(), all.rbegin()));
    auto first = history.messages[noted ? 1 : 0];
    RC_ASSERT(first.role == ModelRole::user);

    // What is to be summarised is a beginning of what is not, and leaves the question.
    auto expected = std::find_if(messages.begin(), messages.end(), [&](const auto& message) {
      auto end = [&](const auto& m) { return m.turn_id == message.turn_id; };
      auto last = std::find_if(messages.rbegin(), messages.rend(), end);
      return last->position > summary.until;
    });
    for (const auto& message : history.to_summarise) {
      RC_ASSERT(message.position == expected->position);
      ++expected;
    }
    RC_ASSERT(expected != messages.end());
    if (!history.to_summarise.empty()) {
      RC_ASSERT(history.summarise_until == history.to_summarise.back().position);
      RC_ASSERT(expected->role == MessageRole::user);  // whole turns
    }
  }));
}

TEST(History, SummarisingAsToldAlwaysEndsWithLittleLeft) {
  ASSERT_TRUE(rc::check([] {
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    auto messages = conversation(random);
    HistoryOptions options{.budget = 5000, .summarise_above = 300, .keep_verbatim = 200};
    auto before = build_history(messages, {}, options, letters, fence);
    if (before.to_summarise.empty()) {
      RC_ASSERT(before.tokens <= options.summarise_above);
      return;
    }
    ChatSummary summary{"s", before.summarise_until};
    auto after = build_history(messages, summary, options, letters, fence);
    RC_ASSERT(after.to_summarise.empty());
    RC_ASSERT(after.left_out == 0);
  }));
}

}  // namespace
}  // namespace jobraker::chat
