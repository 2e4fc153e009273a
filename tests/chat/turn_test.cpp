#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/chat/core/turn.hpp"

namespace jobraker::chat::turn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// `read` runs at once, `write` asks first; what begins with `!` breaks the schema.
Result<CheckedCall> check(const ToolCall& call) {
  if (call.name != "read" && call.name != "write")
    return fail(Errc::not_found, "there is no function of this name");
  if (call.arguments.starts_with('!'))
    return fail(Errc::invalid, "/x is required");
  return CheckedCall{call.arguments, call.name == "write"};
}

Turn turn_of(Settings settings = {}) {
  return Turn{
    {{.role = ModelRole::system, .text = "rules"}, {.text = "question"}}, check, settings};
}

ModelReply says(std::string text, FinishReason finish = FinishReason::stop) {
  return {.text = text, .finish = finish};
}
ModelReply calls(std::vector<ToolCall> list, std::string text = "") {
  return {.text = text, .tool_calls = list, .finish = FinishReason::tool_calls};
}
ToolOutcome result(std::string text, bool ok = true) { return {.ok = ok, .result = text}; }

template <class E>
E only(const Effects& effects) {
  EXPECT_EQ(effects.size(), 1U);
  if (effects.size() == 1 && std::holds_alternative<E>(effects[0]))
    return std::get<E>(effects[0]);
  ADD_FAILURE() << "another effect";
  return {};
}

/// `role:text` of the messages behind the prompt.
std::vector<std::string> behind(const AskModel& ask) {
  std::vector<std::string> out;
  for (std::size_t i = 2; i < ask.messages.size(); ++i) {
    const auto& m = ask.messages[i];
    auto line = std::string{name_of(m.role)} + ":" + m.text;
    for (const auto& call : m.tool_calls)
      line += "[" + call.id + " " + call.name + " " + call.arguments + "]";
    if (!m.tool_call_id.empty())
      line += "(" + m.tool_call_id + ")";
    out.push_back(line);
  }
  return out;
}

TEST(Turn, AnAnswerIsTheEnd) {
  auto turn = turn_of();
  auto ask = only<AskModel>(turn.start());
  EXPECT_EQ(ask.messages.size(), 2U);
  EXPECT_TRUE(ask.tools);
  EXPECT_EQ(ask.prefix, "");
  auto end = only<Finish>(turn.replied(says("Hello.")));
  EXPECT_EQ(end.text, "Hello.");
  EXPECT_EQ(end.state, TurnState::done);
  EXPECT_EQ(end.reason, "");
  EXPECT_TRUE(turn.finished());
  EXPECT_TRUE(turn.replied(says("again")).empty());
  EXPECT_TRUE(turn.start().empty());
  EXPECT_TRUE(turn.cancelled("").empty());
}

TEST(Turn, CallsOfARoundGoBackInTheirOrderWhateverOrderTheyEndedIn) {
  auto turn = turn_of();
  turn.start();
  auto effects =
    turn.replied(calls({{"a", "read", R"({"n":1})"}, {"b", "read", R"({"n":2})"}}, "Looking."));
  ASSERT_EQ(effects.size(), 2U);
  EXPECT_EQ(std::get<RunTool>(effects[0]).call_id, "a");
  EXPECT_TRUE(turn.tool_done("b", {.result = "2", .shown = "<2>"}).empty());
  EXPECT_TRUE(turn.tool_done("b", result("twice")).empty());
  EXPECT_TRUE(turn.tool_done("nobody", result("x")).empty());
  auto ask = only<AskModel>(turn.tool_done("a", result("1")));
  EXPECT_EQ(ask.prefix, "\n\n");
  EXPECT_THAT(behind(ask), ElementsAre(R"(assistant:Looking.[a read {"n":1}][b read {"n":2}])",
                                       "tool:1(a)", "tool:<2>(b)"));
  auto end = only<Finish>(turn.replied(says("Found.")));
  EXPECT_EQ(end.text, "Looking.\n\nFound.");
  ASSERT_EQ(end.tools.size(), 2U);
  EXPECT_EQ(end.tools[0].text_before, "Looking.");
  EXPECT_EQ(end.tools[1].text_before, "");
  EXPECT_EQ(end.tools[1].result, "2");
  EXPECT_EQ(end.tools[1].round, 1);
}

TEST(Turn, NothingThatChangesRunsWithoutAYes) {
  auto turn = turn_of();
  turn.start();
  auto effects = turn.replied(calls({{"w", "write", "{}"}, {"v", "write", R"({"v":1})"}}));
  ASSERT_EQ(effects.size(), 2U);
  EXPECT_EQ(std::get<AskConfirm>(effects[0]).call_id, "w");
  EXPECT_TRUE(turn.tool_done("w", result("forged")).empty());
  auto run = only<RunTool>(turn.confirmed("w", true));
  EXPECT_EQ(run.call_id, "w");
  EXPECT_TRUE(turn.confirmed("w", true).empty());
  EXPECT_TRUE(turn.confirmed("v", false).empty());
  auto ask = only<AskModel>(turn.tool_done("w", result("done")));
  EXPECT_THAT(behind(ask)[1], "tool:done(w)");
  EXPECT_THAT(behind(ask)[2], HasSubstr("declined"));
}

TEST(Turn, AWrongCallIsAnsweredWithItsError) {
  auto turn = turn_of();
  turn.start();
  auto ask = only<AskModel>(turn.replied(calls({{"1", "rm", "{}"}, {"2", "read", "!"}})));
  EXPECT_THAT(behind(ask), ElementsAre("assistant:[1 rm {}][2 read {}]", HasSubstr("not_found"),
                                       HasSubstr("/x is required")));
  auto end = only<Finish>(turn.replied(says("Sorry.")));
  EXPECT_FALSE(end.tools[0].ok);
  EXPECT_EQ(end.tools[1].arguments, "!");
}

TEST(Turn, MissingAndRepeatedIdsAreMadeUnique) {
  Turn turn{{{.role = ModelRole::assistant, .tool_calls = {{"a", "read", "{}"}}},
             {.role = ModelRole::tool, .tool_call_id = "a"}},
            check};
  turn.start();
  auto effects = turn.replied(calls({{"a", "read", "1"}, {"", "read", "2"}, {"", "read", "3"}}));
  std::set<std::string> ids{"a", ""};
  for (const auto& effect : effects)
    EXPECT_TRUE(ids.insert(std::get<RunTool>(effect).call_id).second);
  EXPECT_EQ(effects.size(), 3U);
}

TEST(Turn, ACallMadeAgainGetsTheEarlierResult) {
  auto turn = turn_of();
  turn.start();
  // Twice in a round: run once.
  only<RunTool>(turn.replied(calls({{"a", "read", "{}"}, {"b", "read", "{}"}})));
  auto ask = only<AskModel>(turn.tool_done("a", result("1")));
  EXPECT_THAT(behind(ask)[2], "tool:1(b)");
  // And in the next one.
  ask = only<AskModel>(turn.replied(calls({{"c", "read", "{}"}})));
  EXPECT_THAT(behind(ask).back(), "tool:1(c)");
  // After a change it is read again.
  only<AskConfirm>(turn.replied(calls({{"w", "write", "{}"}})));
  turn.confirmed("w", true);
  turn.tool_done("w", result("changed"));
  only<RunTool>(turn.replied(calls({{"d", "read", "{}"}})));
  turn.tool_done("d", result("broken", false));
  // A failure may be tried again.
  only<RunTool>(turn.replied(calls({{"e", "read", "{}"}})));
  turn.tool_done("e", result("2"));
  // The change itself happens once, and is asked once.
  ask = only<AskModel>(turn.replied(calls({{"x", "write", "{}"}})));
  EXPECT_THAT(behind(ask).back(), "tool:changed(x)");
}

TEST(Turn, ANoHoldsForTheSameCall) {
  auto turn = turn_of();
  turn.start();
  only<AskConfirm>(turn.replied(calls({{"a", "write", "{}"}, {"b", "write", "{}"}})));
  auto ask = only<AskModel>(turn.confirmed("a", false));
  EXPECT_THAT(behind(ask)[2], HasSubstr("declined"));
  only<AskModel>(turn.replied(calls({{"c", "write", "{}"}})));
  only<AskConfirm>(turn.replied(calls({{"d", "write", R"({"other":1})"}})));
}

TEST(Turn, AnAnswerThatWasCutOffIsContinuedOnce) {
  auto turn = turn_of();
  turn.start();
  auto ask = only<AskModel>(turn.replied(says("One, tw", FinishReason::length)));
  EXPECT_EQ(ask.prefix, "");
  EXPECT_THAT(behind(ask), ElementsAre("assistant:One, tw", HasSubstr("user:Your answer was cut")));
  auto end = only<Finish>(turn.replied(says("o, thr", FinishReason::length)));
  EXPECT_EQ(end.text, "One, two, thr");
  EXPECT_EQ(end.reason, "length");
  EXPECT_EQ(end.state, TurnState::done);
}

TEST(Turn, AContinuationMayCall) {
  auto turn = turn_of();
  turn.start();
  turn.replied(says("I will lo", FinishReason::length));
  turn.replied(calls({{"a", "read", "{}"}}, "ok."));
  auto ask = only<AskModel>(turn.tool_done("a", result("1")));
  EXPECT_THAT(behind(ask), ElementsAre("assistant:I will look.[a read {}]", "tool:1(a)"));
  auto end = only<Finish>(turn.replied(says("cut", FinishReason::length)));
  EXPECT_EQ(end.text, "I will look.\n\ncut");
}

TEST(Turn, ALongAnswerIsNotContinued) {
  auto turn = turn_of({.text_max = 4});
  turn.start();
  EXPECT_EQ(only<Finish>(turn.replied(says("12345", FinishReason::length))).reason, "length");
}

TEST(Turn, AnEmptyAnswerIsAskedForAgainOnce) {
  auto turn = turn_of();
  turn.start();
  only<AskModel>(turn.replied(says("")));
  auto end = only<Finish>(turn.replied(says(" \n")));
  EXPECT_EQ(end.state, TurnState::failed);
  EXPECT_EQ(end.reason, "empty");

  auto other = turn_of();
  other.start();
  other.replied(calls({{"a", "read", "{}"}}, "Looking."));
  other.tool_done("a", result("1"));
  only<AskModel>(other.replied(says("")));
  end = only<Finish>(other.replied(says("")));
  EXPECT_EQ(end.state, TurnState::done);
  EXPECT_EQ(end.text, "Looking.");
}

TEST(Turn, RefusalAndFilterEndIt) {
  auto turn = turn_of();
  turn.start();
  auto reply = says("");
  reply.refusal = "I cannot help with that.";
  auto end = only<Finish>(turn.replied(reply));
  EXPECT_EQ(end.text, "I cannot help with that.");
  EXPECT_EQ(end.reason, "refusal");
  EXPECT_EQ(end.state, TurnState::done);

  auto other = turn_of();
  other.start();
  end = only<Finish>(other.replied(says("Half", FinishReason::content_filter)));
  EXPECT_EQ(end.state, TurnState::failed);
  EXPECT_EQ(end.reason, "content_filter");
  EXPECT_EQ(end.text, "Half");
}

TEST(Turn, AfterTheLastRoundItMustAnswerWithoutCalls) {
  auto turn = turn_of({.rounds_max = 2});
  auto ask = only<AskModel>(turn.start());
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(ask.tools);
    turn.replied(calls({{"", "read", std::to_string(i)}}));
    auto run = turn.round();
    EXPECT_EQ(run, i + 1);
    ask = only<AskModel>(turn.tool_done(i == 0 ? "call_t1" : "call_t2", result("1")));
  }
  EXPECT_FALSE(ask.tools);
  auto end = only<Finish>(turn.replied(calls({{"c", "read", "9"}})));
  EXPECT_EQ(end.state, TurnState::failed);
  EXPECT_EQ(end.reason, "rounds");
}

TEST(Turn, TooManyCallsOfARoundAreRefused) {
  auto turn = turn_of({.calls_max = 1});
  turn.start();
  only<RunTool>(turn.replied(calls({{"a", "read", "1"}, {"b", "read", "2"}})));
  auto ask = only<AskModel>(turn.tool_done("a", result("1")));
  EXPECT_THAT(behind(ask)[2], HasSubstr("rate_limited"));
}

TEST(Turn, CancelDeadlineAndFailureKeepWhatWasShown) {
  auto turn = turn_of();
  turn.start();
  turn.replied(calls({{"a", "read", "{}"}, {"w", "write", "{}"}}, "Looking."));
  auto end = only<Finish>(turn.cancelled(""));
  EXPECT_EQ(end.state, TurnState::cancelled);
  EXPECT_EQ(end.text, "Looking.");
  ASSERT_EQ(end.tools.size(), 2U);
  EXPECT_THAT(end.tools[0].result, HasSubstr("not known"));
  EXPECT_THAT(end.tools[1].result, HasSubstr("nothing was changed"));
  EXPECT_FALSE(end.tools[0].ok || end.tools[1].ok);

  auto late = turn_of();
  late.start();
  late.replied(says("One, ", FinishReason::length));
  end = only<Finish>(late.deadline("tw"));
  EXPECT_EQ(end.text, "One, tw");
  EXPECT_EQ(end.reason, "timed_out");
  EXPECT_EQ(end.state, TurnState::failed);

  auto gone = turn_of();
  gone.start();
  end = only<Finish>(gone.model_failed({Errc::upstream_failed, "x", {}, {}}, "Half"));
  EXPECT_EQ(end.text, "Half");
  EXPECT_EQ(end.reason, "upstream_failed");

  auto fresh = turn_of();
  EXPECT_EQ(only<Finish>(fresh.cancelled("")).state, TurnState::cancelled);
}

/// A model that does what it likes, and a world that answers in any order.
struct World {
  explicit World(std::uint64_t seed) : random(seed) {
    settings.rounds_max = static_cast<std::int64_t>(1 + below(8));
    settings.calls_max = 1 + below(4);
    turn.emplace(std::vector<ModelMessage>{{.text = "question"}}, check, settings);
  }

  std::uint64_t below(std::uint64_t limit) { return random() % limit; }

  void take(const Effects& effects) {
    for (const auto& effect : effects)
      std::visit([&](const auto& e) { perform(e); }, effect);
  }
  void perform(const AskModel& e) {
    RC_ASSERT(!asked && !finish && running.empty() && confirming.empty());
    RC_ASSERT(++model_calls <= settings.rounds_max + 3);
    // Every call of every message before has exactly one result, right behind it and in order.
    for (std::size_t i = 0; i < e.messages.size(); ++i) {
      RC_ASSERT(e.messages[i].role != ModelRole::tool);
      auto made = e.messages[i].tool_calls;
      for (const auto& call : made) {
        ++i;
        RC_ASSERT(i < e.messages.size());
        RC_ASSERT(e.messages[i].role == ModelRole::tool);
        RC_ASSERT(e.messages[i].tool_call_id == call.id);
        RC_ASSERT(!e.messages[i].text.empty());
      }
    }
    asked = e;
    shown_prefix = e.prefix;
  }
  void perform(const RunTool& e) {
    RC_ASSERT(!finish);
    RC_ASSERT(e.round >= 1 && e.round <= settings.rounds_max);
    RC_ASSERT(ran.insert(e.call_id).second);
    RC_ASSERT(e.name != "write" || said_yes.contains(e.call_id));
    RC_ASSERT(e.name == "read" || e.name == "write");
    if (e.name == "write")
      RC_ASSERT(changed.insert(e.arguments).second);
    running.push_back(e.call_id);
  }
  void perform(const AskConfirm& e) {
    RC_ASSERT(!finish && e.name == "write");
    RC_ASSERT(questions.insert(e.arguments).second);
    confirming.push_back(e.call_id);
  }
  void perform(const Finish& e) {
    RC_ASSERT(!finish);
    finish = e;
  }

  ModelReply any_reply() {
    ModelReply reply;
    constexpr std::string_view texts[] = {"", "", " ", "Some words.", "More"};
    reply.text = texts[below(5)];
    reply.finish = static_cast<FinishReason>(below(30) ? below(3) : below(5));
    if (below(25) == 0)
      reply.refusal = "No.";
    if (below(3) != 0)
      for (auto n = 1 + below(5); n > 0; --n)
        reply.tool_calls.push_back(
          {below(2) ? "c" + std::to_string(below(5)) : "",
           below(8) == 0 ? "nothing"
           : below(3)    ? "read"
                         : "write",
           below(8) == 0 ? "!" : "{\"a\":" + std::to_string(below(4)) + "}"});
    return reply;
  }
  void show(std::string_view text) {
    if (!text.empty())
      shown += shown_prefix + std::string{text};
  }
  std::string pick(std::vector<std::string>& list) {
    auto at = below(list.size());
    auto id = list[at];
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
    return id;
  }

  void step() {
    auto choice = below(20);
    if (choice == 0) {  // somebody repeats or makes up an answer
      auto id = "c" + std::to_string(below(6));
      auto known = [&](const auto& list) {
        return std::find(list.begin(), list.end(), id) != list.end();
      };
      if (!known(running))
        RC_ASSERT(turn->tool_done(id, {.result = "0"}).empty());
      if (!known(confirming))
        RC_ASSERT(turn->confirmed(id, true).empty());
    } else if (choice == 1 && below(10) == 0) {
      std::string partial = asked && below(2) ? "par" : "";
      show(partial);
      take(below(2) ? turn->cancelled(partial) : turn->deadline(partial));
    } else if (asked) {
      auto reply = any_reply();
      bool broken = below(40) == 0;
      if (!reply.refusal.empty() && reply.finish != FinishReason::content_filter)
        refused = true;
      asked.reset();
      show(reply.text);
      take(broken ? turn->model_failed({Errc::upstream_failed, "x", {}, {}}, reply.text)
                  : turn->replied(reply));
    } else if (!running.empty() && (confirming.empty() || below(2))) {
      take(turn->tool_done(pick(running), {.ok = below(4) != 0, .result = "r"}));
    } else if (!confirming.empty()) {
      auto id = pick(confirming);
      bool yes = below(2) == 0;
      if (yes)
        said_yes.insert(id);
      take(turn->confirmed(id, yes));
    }
  }

  std::mt19937_64 random;
  Settings settings;
  std::optional<Turn> turn;
  std::optional<AskModel> asked;
  std::string shown_prefix;
  std::vector<std::string> running, confirming;
  std::set<std::string> ran, said_yes, changed, questions;
  std::int64_t model_calls = 0;
  std::optional<Finish> finish;
  std::string shown;
  bool refused = false;
};

TEST(Turn, EndsAndAnswersEveryCallOnceAndChangesNothingUnasked) {
  ASSERT_TRUE(rc::check([] {
    // One seed, so that shrinking does not take fairness from the world first.
    World world{*rc::gen::arbitrary<std::uint64_t>()};
    world.take(world.turn->start());
    for (int steps = 0; !world.finish; ++steps) {
      RC_ASSERT(steps < 5000);
      world.step();
    }
    RC_ASSERT(world.turn->finished());
    const auto& end = *world.finish;
    RC_ASSERT(end.state == TurnState::done || end.state == TurnState::failed ||
              end.state == TurnState::cancelled);
    std::set<std::string> ids;
    for (const auto& tool : end.tools) {
      RC_ASSERT(ids.insert(tool.call_id).second);
      RC_ASSERT(tool.round >= 1 && tool.round <= world.settings.rounds_max);
      RC_ASSERT(!tool.result.empty());
    }
    for (const auto& id : world.ran)
      RC_ASSERT(ids.contains(id));
    // What was streamed is what is kept, but for blanks between and a refusal, which is not
    // streamed.
    auto dense = [](std::string text) {
      std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
      return text;
    };
    if (!world.refused)
      RC_ASSERT(dense(world.shown) == dense(end.text));
  }));
}

TEST(Turn, WithoutBlankRepliesTheStreamedTextIsTheKeptOne) {
  ASSERT_TRUE(rc::check([] {
    auto rounds = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("", "Looking.", "And more"));
    rounds.resize(std::min<std::size_t>(rounds.size(), 8));
    auto turn = turn_of();
    auto ask = only<AskModel>(turn.start());
    std::string shown;
    auto show = [&](const std::string& text) {
      if (!text.empty())
        shown += ask.prefix + text;
    };
    int n = 0;
    for (const auto& text : rounds) {
      show(text);
      auto run = only<RunTool>(turn.replied(calls({{"", "read", std::to_string(++n)}}, text)));
      ask = only<AskModel>(turn.tool_done(run.call_id, result("1")));
    }
    show("The answer, cut");
    ask = only<AskModel>(turn.replied(says("The answer, cut", FinishReason::length)));
    show(" off.");
    auto end = only<Finish>(turn.replied(says(" off.")));
    RC_ASSERT(end.text == shown);
  }));
}

}  // namespace
}  // namespace jobraker::chat::turn
