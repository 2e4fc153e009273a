#include "actors/chat/core/session_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jobraker::chat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Replay::Kind;

constexpr std::size_t mark = 1000;
const ConversationId conversation = ConversationId::of("c");

WireFrame frame(std::int64_t epoch, std::int64_t seq, std::int64_t span = 1) {
  return {{epoch, seq}, span, "token", std::make_shared<const std::string>("{}")};
}

std::string name(StreamPosition position) { return to_string(position); }

/// `send E-S`, `ask E-S` and `leave`.
std::vector<std::string> said(const SessionEffects& effects) {
  std::vector<std::string> out;
  for (const auto& effect : effects)
    if (const auto* send = std::get_if<SendFrame>(&effect))
      out.push_back("send " + name(send->frame.position));
    else if (const auto* ask = std::get_if<AskReplay>(&effect))
      out.push_back("ask " + name(ask->after));
    else
      out.push_back("leave");
  return out;
}

AskReplay question(const SessionEffects& effects) {
  for (const auto& effect : effects)
    if (const auto* ask = std::get_if<AskReplay>(&effect))
      return *ask;
  ADD_FAILURE() << "nothing was asked";
  return {};
}

struct SessionStateTest : testing::Test {
  SessionState state{mark};
  std::vector<std::string> deliver(WireFrame f, std::size_t queued = 0) {
    return said(state.deliver(conversation, f, queued));
  }
  std::vector<std::string> answer(const AskReplay& asked, Replay replay, std::size_t queued = 0) {
    return said(state.replayed(asked, replay, queued));
  }
};

TEST_F(SessionStateTest, PassesWhatFollowsAndIgnoresWhatIsKnown) {
  EXPECT_THAT(said(state.follow(conversation, {1, 4})), IsEmpty());
  EXPECT_THAT(deliver(frame(1, 5)), ElementsAre("send 1-5"));
  EXPECT_THAT(deliver(frame(1, 5)), IsEmpty());
  EXPECT_THAT(deliver(frame(1, 3)), IsEmpty());
  EXPECT_THAT(deliver(frame(1, 8, 3)), ElementsAre("send 1-8"));
  EXPECT_EQ(*state.position(conversation), (StreamPosition{1, 8}));
}

TEST_F(SessionStateTest, HearsNothingOfWhatItDoesNotFollow) {
  EXPECT_THAT(deliver(frame(1, 1)), IsEmpty());
  EXPECT_THAT(answer({conversation, {}, 1}, {}), IsEmpty());
  EXPECT_THAT(said(state.lost(conversation)), IsEmpty());
  EXPECT_THAT(said(state.leave(conversation)), IsEmpty());
  EXPECT_EQ(state.position(conversation), nullptr);
}

TEST_F(SessionStateTest, AsksWhenAFrameWouldLeaveAGap) {
  state.follow(conversation, {1, 4});
  EXPECT_THAT(deliver(frame(1, 7)), ElementsAre("ask 1-4"));
  EXPECT_THAT(deliver(frame(1, 8)), IsEmpty()) << "it is in the answer or follows it";
}

TEST_F(SessionStateTest, PagesUntilTheReplayIsComplete) {
  auto asked = question(state.resume(conversation, {1, 2}));
  auto next = question(state.replayed(asked, {Kind::partial, {frame(1, 6, 4)}, {}}, 0));
  EXPECT_EQ(next.after, (StreamPosition{1, 6}));
  EXPECT_THAT(answer(next, {Kind::complete, {frame(1, 7), frame(2, 3, 3)}, {}}),
              ElementsAre("send 1-7", "send 2-3"));
  EXPECT_THAT(deliver(frame(2, 4)), ElementsAre("send 2-4"));
}

TEST_F(SessionStateTest, AsksAgainWhenRowsAreStillMissing) {
  auto asked = question(state.resume(conversation, {1, 2}));
  EXPECT_THAT(answer(asked, {Kind::need_rows, {}, {1, 9}}), ElementsAre("ask 1-2"));
}

TEST_F(SessionStateTest, LetsOnlyTheConversationJudgeANewEpoch) {
  state.follow(conversation, {1, 4});
  EXPECT_THAT(deliver(frame(2, 1)), ElementsAre("ask 1-4"))
    << "the old epoch may have had a fifth frame";
}

TEST_F(SessionStateTest, TakesTheVeryFirstFrameAsItComes) {
  state.follow(conversation, {});
  EXPECT_THAT(deliver(frame(1, 1)), ElementsAre("send 1-1"));
}

TEST_F(SessionStateTest, LagsBehindASlowLinkAndCatchesUpWhenItHasDrained) {
  state.follow(conversation, {1, 4});
  EXPECT_THAT(deliver(frame(1, 5), mark), ElementsAre("send 1-5"));
  EXPECT_THAT(deliver(frame(1, 6), mark + 1), IsEmpty());
  EXPECT_THAT(deliver(frame(1, 7), 0), IsEmpty()) << "not before drained() is told";
  EXPECT_THAT(said(state.lost(conversation)), IsEmpty()) << "nor asked for twice";
  auto asked = state.drained();
  EXPECT_THAT(said(asked), ElementsAre("ask 1-5"));
  EXPECT_THAT(said(state.drained()), IsEmpty());
  EXPECT_THAT(answer(question(asked), {Kind::complete, {frame(1, 7, 2)}, {}}),
              ElementsAre("send 1-7"));
}

TEST_F(SessionStateTest, DoesNotFloodASlowLinkWithAReplay) {
  auto asked = question(state.resume(conversation, {1, 0}));
  EXPECT_THAT(answer(asked, {Kind::partial, {frame(1, 3, 3)}, {}}, mark + 1), IsEmpty());
  EXPECT_THAT(said(state.drained()), ElementsAre("ask 1-0"));
}

TEST_F(SessionStateTest, AsksTheSuccessorOfALostConversation) {
  state.follow(conversation, {1, 4});
  auto first = question(state.lost(conversation));
  auto second = question(state.lost(conversation));
  EXPECT_THAT(answer(first, {Kind::complete, {frame(1, 5)}, {}}), IsEmpty()) << "an old question";
  EXPECT_THAT(answer(second, {Kind::complete, {frame(1, 5)}, {}}), ElementsAre("send 1-5"));
}

TEST_F(SessionStateTest, IgnoresTheAnswerOfATimeBeforeItLeft) {
  auto before = question(state.resume(conversation, {1, 4}));
  EXPECT_THAT(said(state.leave(conversation)), ElementsAre("leave"));
  auto after = question(state.resume(conversation, {1, 4}));
  // Between the two the conversation had nobody to tell 1-6.
  EXPECT_THAT(answer(before, {Kind::complete, {frame(1, 5)}, {}}), IsEmpty());
  EXPECT_THAT(answer(after, {Kind::complete, {frame(1, 5), frame(1, 6)}, {}}),
              ElementsAre("send 1-5", "send 1-6"));
}

TEST_F(SessionStateTest, BeginsAgainWithAClientFromTheFuture) {
  auto asked = question(state.resume(conversation, {9, 9}));
  auto effects = state.replayed(asked, {Kind::unknown, {}, {}}, 0);
  EXPECT_THAT(said(effects), ElementsAre("send 0-0", "ask 0-0"));
  const auto& told = std::get<SendFrame>(effects[0]).frame;
  EXPECT_EQ(told.type, "resumed");
  EXPECT_EQ(*told.json, R"({"type":"resumed","conversation_id":")" + to_string(conversation) +
                          R"(","epoch":0,"seq":0})");
  EXPECT_THAT(answer(question(effects), {Kind::complete, {frame(1, 2, 2)}, {}}),
              ElementsAre("send 1-2"));
}

TEST_F(SessionStateTest, KeepsItsPlaceWhenToldToFollowAgain) {
  state.follow(conversation, {1, 4});
  state.follow(conversation, {1, 9});
  EXPECT_THAT(deliver(frame(1, 5)), ElementsAre("send 1-5"));
}

TEST_F(SessionStateTest, SendsNothingForAFrameThatIsNone) {
  state.follow(conversation, {1, 4});
  EXPECT_THAT(deliver({{1, 5}, 1, "token", nullptr}), IsEmpty());
  EXPECT_EQ(*state.position(conversation), (StreamPosition{1, 4}));
}

TEST_F(SessionStateTest, FollowsManyConversationsApart) {
  auto other = ConversationId::of("other");
  state.follow(conversation, {1, 4});
  state.follow(other, {7, 0});
  EXPECT_THAT(deliver(frame(1, 5)), ElementsAre("send 1-5"));
  EXPECT_THAT(said(state.deliver(other, frame(7, 1), mark + 1)), IsEmpty());
  EXPECT_THAT(deliver(frame(1, 6)), ElementsAre("send 1-6"));
  EXPECT_THAT(said(state.drained()), ElementsAre("ask 7-0"));
  EXPECT_EQ(state.conversations(), 2U);
}

}  // namespace
}  // namespace jobraker::chat
