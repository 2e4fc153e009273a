#include "actors/chat/core/frame_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/json.hpp"

namespace jobraker::chat {
namespace {

using testing::ElementsAre;
using Kind = Replay::Kind;

const ConversationId conversation = ConversationId::of("c");
const TurnId first = TurnId::of("first");
const TurnId second = TurnId::of("second");

/// `seq/span:type` of every frame, the text of tokens behind it.
std::vector<std::string> told(const Replay& replay) {
  std::vector<std::string> out;
  for (const auto& frame : replay.frames) {
    auto text =
      std::to_string(frame.position.seq) + "/" + std::to_string(frame.span) + ":" + frame.type;
    auto document = json::Document::parse(*frame.json);
    if (auto said = document->root()["text"].string())
      text += ":" + std::string{*said};
    EXPECT_EQ(document->root()["seq"].integer(), frame.position.seq);
    EXPECT_EQ(document->root()["epoch"].integer(), frame.position.epoch);
    EXPECT_EQ(document->root()["span"].integer().value_or(1), frame.span);
    EXPECT_EQ(document->root()["type"].string(), frame.type);
    out.push_back(std::move(text));
  }
  return out;
}

std::string members(std::string_view type) { return R"("type":")" + std::string{type} + '"'; }

WireFrame keep(FrameLog& log, std::string_view type, const TurnId& ends = {}) {
  return log.append_kept(type, members(type), ends);
}

TEST(FrameLog, WritesFramesAsTheContractSays) {
  FrameLog log{conversation, {3, 40}};
  EXPECT_EQ(log.end(), (StreamPosition{3, 40}));
  EXPECT_EQ(log.next(), (StreamPosition{4, 1}));
  auto id = to_string(conversation);
  EXPECT_EQ(*keep(log, "accepted").json,
            R"({"type":"accepted","conversation_id":")" + id + R"(","epoch":4,"seq":1})");
  EXPECT_EQ(*log.append_token(first, "a \"b\"\n").json,
            R"({"type":"token","turn_id":")" + to_string(first) +
              R"(","text":"a \"b\"\n","conversation_id":")" + id + R"(","epoch":4,"seq":2})");
  EXPECT_EQ(log.end(), (StreamPosition{4, 2}));
  EXPECT_EQ(log.next(), (StreamPosition{4, 3}));
}

TEST(FrameLog, BeginsAnEpochWithAKeptFrameOnly) {
  FrameLog log{conversation, {1, 5}};
  EXPECT_EQ(log.append_token(first, "lost").json, nullptr);
  EXPECT_EQ(log.append_passing(first, "restart", members("restart")).json, nullptr);
  EXPECT_FALSE(log.begun());
  EXPECT_EQ(log.next(), (StreamPosition{2, 1}));
  keep(log, "started");
  EXPECT_TRUE(log.begun());
  EXPECT_EQ(log.append_token(first, "seen").position, (StreamPosition{2, 2}));
}

TEST(FrameLog, JoinsTokensThatFollowEachOther) {
  FrameLog log{conversation, {}};
  keep(log, "accepted");
  log.append_token(first, "a");
  log.append_token(first, "b");
  log.append_token(first, "c");
  log.append_passing(first, "restart", members("restart"));
  log.append_token(first, "d");
  keep(log, "accepted");
  log.append_token(first, "e");
  EXPECT_THAT(told(log.replay({})), ElementsAre("1/1:accepted", "4/3:token:abc", "5/1:restart",
                                                "6/1:token:d", "7/1:accepted", "8/1:token:e"));
  EXPECT_THAT(told(log.replay({1, 2})), ElementsAre("4/2:token:bc", "5/1:restart", "6/1:token:d",
                                                    "7/1:accepted", "8/1:token:e"))
    << "from the middle of a run";
  auto nothing = log.replay(log.end());
  EXPECT_EQ(nothing.kind, Kind::complete);
  EXPECT_THAT(told(nothing), ElementsAre());
}

TEST(FrameLog, PagesInTheMiddleOfARun) {
  FrameLog log{conversation, {}};
  keep(log, "accepted");
  for (int i = 0; i < 4; ++i)
    log.append_token(first, std::string(100, static_cast<char>('a' + i)));
  StreamPosition at{1, 1};
  std::vector<std::int64_t> ends;
  for (;;) {
    auto page = log.replay(at, 420);
    ASSERT_EQ(page.frames.size(), 1U);
    at = page.frames[0].position;
    ends.push_back(at.seq);
    if (page.kind == Kind::complete)
      break;
    EXPECT_EQ(page.kind, Kind::partial);
  }
  EXPECT_THAT(ends, ElementsAre(3, 5));
  auto one = log.replay({1, 1}, 0);
  EXPECT_EQ(one.frames.size(), 1U) << "a page is never empty";
  EXPECT_EQ(one.frames[0].position.seq, 2);
}

TEST(FrameLog, AsksForRowsOfEarlierEpochsAndGoesOnFromThem) {
  FrameLog log{conversation, {2, 7}};
  EXPECT_EQ(log.replay({2, 3}).kind, Kind::need_rows);
  EXPECT_EQ(log.replay({2, 7}).kind, Kind::complete);
  keep(log, "interrupted");
  auto need = log.replay({1, 4});
  EXPECT_EQ(need.kind, Kind::need_rows);
  EXPECT_EQ(need.rows_until, (StreamPosition{2, 7}));
  std::vector<StoredFrame> rows{{{1, 6}, "message", members("message")},
                                {{2, 3}, "accepted", members("accepted")},
                                {{2, 7}, "tool_call", members("tool_call")}};
  auto page = log.replay_rows({1, 4}, {rows.begin(), rows.begin() + 2}, false);
  EXPECT_EQ(page.kind, Kind::partial);
  EXPECT_THAT(told(page), ElementsAre("6/2:message", "3/3:accepted"));
  auto rest = log.replay_rows({2, 3}, {rows.begin() + 2, rows.end()}, true);
  EXPECT_EQ(rest.kind, Kind::complete);
  EXPECT_THAT(told(rest), ElementsAre("7/4:tool_call", "1/1:interrupted"));
}

TEST(FrameLog, KnowsThatPassingFramesDiedWithTheirActor) {
  FrameLog log{conversation, {2, 7}};
  EXPECT_EQ(log.replay({2, 11}).kind, Kind::complete) << "tokens 8 to 11 are nobody's now";
  keep(log, "interrupted");
  EXPECT_THAT(told(log.replay({2, 11})), ElementsAre("1/1:interrupted"));
}

TEST(FrameLog, RefusesThePositionsOfTheFuture) {
  FrameLog log{conversation, {2, 7}};
  EXPECT_EQ(log.replay({3, 1}).kind, Kind::unknown);
  keep(log, "accepted");
  EXPECT_EQ(log.replay({3, 1}).kind, Kind::complete);
  EXPECT_EQ(log.replay({3, 2}).kind, Kind::unknown);
  EXPECT_EQ(log.replay({4, 1}).kind, Kind::unknown);
}

TEST(FrameLog, DropsTheTextOfAnEndedTurnAsAWhole) {
  auto fill = [](FrameLog& log) {
    keep(log, "accepted");
    log.append_token(first, "a");
    keep(log, "accepted");  // the second question, while the first is answered
    log.append_token(first, "b");
    keep(log, "message", first);
    log.append_token(second, "c");
  };
  FrameLog all{conversation, {}};
  fill(all);
  EXPECT_THAT(told(all.replay({})), ElementsAre("1/1:accepted", "2/1:token:a", "3/1:accepted",
                                                "4/1:token:b", "5/1:message", "6/1:token:c"))
    << "nothing goes while there is room";
  FrameLog log{conversation, {}, all.bytes() - 1};
  fill(log);
  EXPECT_THAT(told(log.replay({})),
              ElementsAre("1/1:accepted", "3/2:accepted", "5/2:message", "6/1:token:c"));
  EXPECT_THAT(told(log.replay({1, 2})), ElementsAre("3/1:accepted", "5/2:message", "6/1:token:c"))
    << "who has seen `a` needs less";
}

TEST(FrameLog, LeavesTheRunningTurnAloneWhenAWaitingOneIsTakenBack) {
  FrameLog log{conversation, {}, 0};
  keep(log, "accepted");
  log.append_token(first, "a");
  keep(log, "accepted");
  keep(log, "error", second);
  log.append_token(first, "b");
  auto need = log.replay({});
  ASSERT_EQ(need.kind, Kind::need_rows);
  EXPECT_EQ(need.rows_until, (StreamPosition{1, 1}));
  auto replay = log.replay_rows({}, {{{1, 1}, "accepted", members("accepted")}}, true);
  EXPECT_THAT(told(replay), ElementsAre("1/1:accepted", "2/1:token:a", "3/1:accepted", "4/1:error",
                                        "5/1:token:b"));
}

TEST(FrameLog, KeepsTheTextOfASecondAttemptWhenTheFirstOneGoes) {
  FrameLog log{conversation, {}, 0};
  keep(log, "accepted");
  log.append_token(first, "old");
  keep(log, "interrupted", first);
  keep(log, "accepted");
  log.append_token(first, "new");
  EXPECT_EQ(told(log.replay({1, 4})), std::vector<std::string>{"5/1:token:new"});
}

TEST(FrameLog, SendsBackToTheRowsWhatWasTrimmedWhileTheyWereRead) {
  FrameLog log{conversation, {1, 1}, 900};
  keep(log, "accepted", {});
  keep(log, "message", first);
  auto need = log.replay({1, 0});
  ASSERT_EQ(need.rows_until, (StreamPosition{1, 1}));
  std::vector<StoredFrame> rows{{{1, 1}, "message", members("message")}};
  for (int i = 0; i < 5; ++i)
    keep(log, "accepted");
  auto replay = log.replay_rows({1, 0}, rows, true);
  EXPECT_EQ(replay.kind, Kind::partial) << "memory begins later now";
  EXPECT_THAT(told(replay), ElementsAre("1/1:message"));
  EXPECT_EQ(log.replay({1, 1}).kind, Kind::need_rows);
  EXPECT_EQ(log.replay_rows({1, 0}, {}, false).kind, Kind::need_rows) << "a page, never empty";
}

TEST(FrameLog, StaysNearItsBoundWhateverIsKept) {
  FrameLog log{conversation, {}, 20000};
  for (int turn = 0; turn < 200; ++turn) {
    auto id = TurnId::of(std::to_string(turn));
    keep(log, "accepted");
    for (int i = 0; i < 50; ++i)
      log.append_token(id, "some text ");
    log.append_kept("message", members("message") + R"(,"content":")" + std::string(500, 'x') + '"',
                    id);
    EXPECT_LE(log.bytes(), 20000U);
  }
}

TEST(FrameLog, TakesSomeHundredBytesForAHundredTokens) {
  FrameLog log{conversation, {}};
  keep(log, "accepted");
  auto before = log.bytes();
  for (int i = 0; i < 100; ++i)
    log.append_token(first, "four");
  EXPECT_LE(log.bytes() - before, 2000U);
}

TEST(FrameLog, EscapesTokensAsTheWriterDoes) {
  EXPECT_TRUE(rc::check([](const std::string& noise) {
    FrameLog log{conversation, {}};
    keep(log, "accepted");
    json::Writer w;
    w.begin_object().member("type", "token").member("turn_id", std::string_view{to_string(first)});
    w.member("text", std::string_view{noise});
    w.member("conversation_id", std::string_view{to_string(conversation)});
    w.member("epoch", 1).member("seq", 2).end_object();
    RC_ASSERT(*log.append_token(first, noise).json == w.text());
  }));
}

}  // namespace
}  // namespace jobraker::chat
