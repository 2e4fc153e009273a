#include "messages/event_schemas.hpp"
#include "messages/make_event.hpp"
#include "tests/storage/chat_samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;
using test::same;
using test::start;

struct ChatTurnsTest : test::ChatTest {
  TurnRecord turn_of(const LoadedConversation& loaded, std::size_t i = 0) {
    return loaded.unfinished.at(i).turn;
  }
};

TEST_F(ChatTurnsTest, AQuestionIsThereWithItsTurnAndItsFrame) {
  auto writer = load().writer;
  auto q = question(1, "What about \"quotes\" \\ and ünï?");
  q.attachments = {{"image/png", 1234, "abc"}};
  auto accepted = frame(writer, 1, "accepted", R"(,"text":"a\nb {\"x\":1}, \\")");
  auto begun = must(run(begin_turn(*db, writer, "c-1", q, {accepted})));
  EXPECT_FALSE(begun.known);
  EXPECT_EQ(begun.turn.id, q.turn_id);
  EXPECT_EQ(begun.turn.conversation_id, chat);
  EXPECT_EQ(begun.turn.client_msg_id, "c-1");
  EXPECT_EQ(begun.turn.state, TurnState::queued);
  EXPECT_EQ(begun.turn.attempt, 1);
  EXPECT_EQ(begun.turn.accepted, accepted.position);
  EXPECT_EQ(begun.turn.accepted, (StreamPosition{1, 1}));

  auto stored = must(run(find_message(*db, q.id, ada)));
  EXPECT_EQ(stored.conversation_id, chat);
  EXPECT_EQ(stored.turn_id, q.turn_id);
  EXPECT_EQ(stored.role, MessageRole::user);
  EXPECT_EQ(stored.content, q.content);
  EXPECT_EQ(stored.created_at, start);
  ASSERT_EQ(stored.attachments.size(), 1u);
  EXPECT_EQ(stored.attachments[0].bytes, 1234);
  EXPECT_TRUE(same(all_frames(), {accepted}));
  auto r = record();
  EXPECT_EQ(r.messages, 1);
  EXPECT_EQ(r.conversation.position, (StreamPosition{1, 1}));
}

TEST_F(ChatTurnsTest, ATurnThatBeginsAtOnceRunsFromTheStart) {
  auto writer = load().writer;
  auto q = question(1);
  auto begin = [&] {
    return must(
      run(begin_turn(*db, writer, "c-1", q, {frame(writer, 1, "accepted")}, TurnState::running)));
  };
  auto begun = begin();
  EXPECT_EQ(begun.turn.state, TurnState::running);
  EXPECT_TRUE(begun.turn.started_at);
  EXPECT_FALSE(begin().known) << "the same commit again";
  must(run(start_turn(*db, writer, q.turn_id)));
  EXPECT_EQ(turn_of(load()).state, TurnState::running);
  EXPECT_EQ(turn_of(load()).started_at, begun.turn.started_at);
}

TEST_F(ChatTurnsTest, AKnownClientMessageWritesNothing) {
  auto writer = load().writer;
  auto q = ask(writer, 1, 1, "c-1");
  must(run(start_turn(*db, writer, q.turn_id)));
  auto again = must(
    run(begin_turn(*db, writer, "c-1", question(2, "Resent"), {frame(writer, 5, "accepted")})));
  EXPECT_TRUE(again.known);
  EXPECT_EQ(again.turn.id, q.turn_id);
  EXPECT_EQ(again.turn.state, TurnState::running) << "as it is now";
  EXPECT_EQ(again.turn.accepted, (StreamPosition{1, 1}));
  EXPECT_EQ(again.question.id, q.id);
  EXPECT_EQ(again.question.content, "Question 1");
  EXPECT_EQ(record().messages, 1);
  EXPECT_EQ(all_frames().size(), 1u);

  // Another conversation knows nothing of it, and messages without an id are never the same.
  auto elsewhere = converse(ada);
  std::swap(elsewhere, chat);
  auto there = load().writer;
  ask(there, 1, 1, "c-1");
  ask(there, 2, 2);
  ask(there, 3, 3);
  EXPECT_EQ(record().messages, 3);
}

TEST_F(ChatTurnsTest, ATurnRunsKeepsFramesAndEndsWithItsAnswer) {
  auto writer = load().writer;
  auto q = ask(writer, 1, 1);
  must(run(start_turn(*db, writer, q.turn_id, {frame(writer, 2, "running")})));
  auto running = load();
  ASSERT_EQ(running.unfinished.size(), 1u);
  EXPECT_EQ(turn_of(running).state, TurnState::running);
  EXPECT_TRUE(turn_of(running).started_at);
  must(run(append_frames(*db, writer,
                         {frame(writer, 10, "tool_call"), frame(writer, 11, "tool_result")})));
  auto a = answer(2, "Here they are.");
  a.tools = {
    {"call-1", "searchJobs", R"({"q":"C++"})", false, R"({"code":"invalid"})", "Let me", 1}};
  a.sources = {{"S1", "job", "7", "Developer", std::nullopt},
               {"S2", "article", "8", "T", "http://x"}};
  TurnEnd end{.turn = q.turn_id,
              .state = TurnState::done,
              .answer = a,
              .frames = {frame(writer, 90, "message"), frame(writer, 91, "usage")},
              .new_state = R"({"round":1})"};
  must(run(end_turn(*db, writer, end)));

  auto stored = must(run(find_message(*db, a.id, ada)));
  EXPECT_EQ(stored.role, MessageRole::assistant);
  EXPECT_EQ(stored.turn_id, q.turn_id);
  EXPECT_EQ(json::encode(stored.tools), json::encode(a.tools));
  EXPECT_EQ(json::encode(stored.sources), json::encode(a.sources));
  auto loaded = load();
  EXPECT_TRUE(loaded.unfinished.empty());
  EXPECT_EQ(loaded.record.messages, 2);
  EXPECT_EQ(loaded.record.state, R"({"round": 1})");
  EXPECT_EQ(loaded.writer.loaded, (StreamPosition{1, 91}));
  EXPECT_EQ(loaded.writer.previous, writer.id);
  EXPECT_EQ(all_frames().size(), 6u);
}

TEST_F(ChatTurnsTest, EveryCommitMayBeRepeated) {
  auto writer = load().writer;
  auto q = question(1);
  auto accepted = frame(writer, 1, "accepted");
  must(run(begin_turn(*db, writer, "c", q, {accepted})));
  auto repeated = must(run(begin_turn(*db, writer, "c", q, {accepted})));
  EXPECT_FALSE(repeated.known) << "it is our own";
  EXPECT_EQ(repeated.turn.id, q.turn_id);
  EXPECT_EQ(repeated.question.id, q.id);
  for (int i = 0; i < 2; ++i)
    must(run(start_turn(*db, writer, q.turn_id)));
  for (int i = 0; i < 2; ++i)
    must(run(start_turn(*db, writer, q.turn_id, {frame(writer, 2, "running")})));
  for (int i = 0; i < 2; ++i)
    must(run(append_frames(*db, writer, {frame(writer, 3, "a"), frame(writer, 4, "b")})));
  TurnEnd end{.turn = q.turn_id,
              .state = TurnState::interrupted,
              .answer = answer(2),
              .frames = {frame(writer, 9, "interrupted")}};
  for (int i = 0; i < 2; ++i)
    must(run(end_turn(*db, writer, end)));
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(
      must(run(rerun_turn(*db, writer, q.turn_id, {frame(writer, 10, "rerun")}))).turn.attempt, 2);
  for (int i = 0; i < 2; ++i) {
    must(run(save_summary(*db, writer, "They want a job.", 2)));
    must(run(save_state(*db, writer, R"({"round":2})")));
  }
  EXPECT_EQ(all_frames().size(), 6u);
  auto r = record();
  EXPECT_EQ(r.messages, 2);
  EXPECT_EQ(r.summary, "They want a job.");
  EXPECT_EQ(r.summary_upto, 2);
  EXPECT_EQ(r.state, R"({"round": 2})");

  // Without an id of the client's, too.
  auto second = question(3);
  for (int i = 0; i < 2; ++i)
    EXPECT_FALSE(
      must(run(begin_turn(*db, writer, "", second, {frame(writer, 11, "accepted")}))).known);
}

TEST_F(ChatTurnsTest, AnEndIsToldWithItAndOnce) {
  auto stale = load().writer;
  auto writer = load().writer;
  auto q = ask(writer, 1, 1);
  ChatTurnCompleted completed{chat, q.turn_id, ada, "cancelled"};
  TurnEnd end{.turn = q.turn_id,
              .state = TurnState::cancelled,
              .frames = {frame(writer, 9, "interrupted")},
              .told =
                make_event(completed, start,
                           "00-" + std::string(32, 'a') + "-" + std::string(16, 'b') + "-01")};
  auto other = end;
  other.frames = {frame(stale, 9, "message")};
  EXPECT_EQ(error_of(run(end_turn(*db, stale, other))), Errc::conflict);
  EXPECT_EQ(sql("SELECT 1 FROM outbox").size(), 0u) << "who has lost tells nothing";
  for (int i = 0; i < 2; ++i)
    must(run(end_turn(*db, writer, end)));
  auto rows = sql("SELECT id, topic, type, key, at, data, traceparent FROM outbox");
  ASSERT_EQ(rows.size(), 1u);
  Event told;
  rows[0].read(told.id, told.topic, told.type, told.key, told.time, told.data, told.traceparent);
  EXPECT_EQ(told, *end.told);
  EXPECT_TRUE(validate_event(told).has_value());

  reply(writer, ask(writer, 10, 2).turn_id, 11, 3);
  EXPECT_EQ(sql("SELECT 1 FROM outbox").size(), 1u) << "without a listener";
}

TEST_F(ChatTurnsTest, OtherFramesAtTheSamePositionAreNoRepetition) {
  auto writer = load().writer;
  must(run(append_frames(*db, writer, {frame(writer, 3, "a"), frame(writer, 4, "b")})));
  for (auto frames : {std::vector{frame(writer, 3, "a"), frame(writer, 4, "c")},
                      std::vector{frame(writer, 3, "a"), frame(writer, 5, "b")},
                      std::vector{frame(writer, 4, "b", ",")}, std::vector{frame(writer, 1, "z")}})
    EXPECT_EQ(error_of(run(append_frames(*db, writer, frames))), Errc::conflict);
  EXPECT_EQ(all_frames().size(), 2u);
}

TEST_F(ChatTurnsTest, FramesThatAreNotTheWritersAreRefused) {
  auto writer = load().writer;
  auto foreign = frame(writer, 1, "a");
  foreign.position.epoch = 2;
  EXPECT_EQ(error_of(run(append_frames(*db, writer, {foreign}))), Errc::invalid);
  EXPECT_EQ(error_of(run(append_frames(*db, writer, {frame(writer, 0, "a")}))), Errc::invalid);
  EXPECT_EQ(
    error_of(run(append_frames(*db, writer, {frame(writer, 2, "a"), frame(writer, 2, "b")}))),
    Errc::invalid);
  EXPECT_EQ(error_of(run(append_frames(*db, writer, {}))), Errc::invalid);
  EXPECT_EQ(error_of(run(begin_turn(*db, writer, "", question(1), {}))), Errc::invalid);
  EXPECT_EQ(error_of(run(rerun_turn(*db, writer, TurnId::fresh(), {}))), Errc::invalid);
  EXPECT_EQ(error_of(run(end_turn(*db, writer, {}))), Errc::invalid);
  EXPECT_TRUE(all_frames().empty());
}

TEST_F(ChatTurnsTest, WhatDoesNotFitTheTurnsStateIsRefusedAsAWhole) {
  auto writer = load().writer;
  auto q = ask(writer, 1, 1);
  EXPECT_EQ(error_of(run(rerun_turn(*db, writer, q.turn_id, {frame(writer, 2, "rerun")}))),
            Errc::conflict)
    << "it is queued";
  EXPECT_EQ(
    error_of(run(end_turn(
      *db, writer,
      {.turn = q.turn_id, .state = TurnState::running, .frames = {frame(writer, 2, "message")}}))),
    Errc::invalid);
  EXPECT_EQ(error_of(run(end_turn(
              *db, writer,
              {.turn = q.turn_id, .answer = answer(3), .frames = {frame(writer, 2, "message")}}))),
            Errc::conflict)
    << "the next position is 2";
  for (std::int64_t position : {1, 3})
    EXPECT_EQ(error_of(run(
                begin_turn(*db, writer, "", question(position), {frame(writer, 2, "accepted")}))),
              Errc::conflict);
  EXPECT_EQ(error_of(run(end_turn(*db, writer,
                                  {.turn = q.turn_id,
                                   .state = TurnState::failed,
                                   .error = "no JSON",
                                   .frames = {frame(writer, 2, "error")}}))),
            Errc::invalid);
  EXPECT_EQ(error_of(run(end_turn(*db, writer,
                                  {.turn = TurnId::fresh(),
                                   .state = TurnState::failed,
                                   .frames = {frame(writer, 2, "error")}}))),
            Errc::not_found);
  EXPECT_EQ(error_of(run(start_turn(*db, writer, TurnId::fresh()))), Errc::not_found);
  EXPECT_EQ(all_frames().size(), 1u);
  EXPECT_EQ(record().messages, 1);

  reply(writer, q.turn_id, 2, 2);
  EXPECT_EQ(error_of(run(start_turn(*db, writer, q.turn_id))), Errc::conflict) << "it has ended";
  EXPECT_EQ(error_of(run(
              end_turn(*db, writer, {.turn = q.turn_id, .frames = {frame(writer, 3, "message")}}))),
            Errc::conflict);
  EXPECT_EQ(error_of(run(rerun_turn(*db, writer, q.turn_id, {frame(writer, 3, "rerun")}))),
            Errc::conflict)
    << "it went well";
}

TEST_F(ChatTurnsTest, WhatCouldNotBeReadAgainIsNotStored) {
  auto writer = load().writer;
  auto q = ask(writer, 1, 1);
  auto a = answer(2);
  a.sources.assign(1, {"S1", "job", "7", std::string(3000, 'x'), std::nullopt});
  TurnEnd end{.turn = q.turn_id, .answer = a, .frames = {frame(writer, 2, "message")}};
  EXPECT_EQ(error_of(run(end_turn(*db, writer, end))), Errc::invalid);
  end.answer->sources.assign(201, Source{});
  EXPECT_EQ(error_of(run(end_turn(*db, writer, end))), Errc::invalid);
  end.answer->sources.assign(200, Source{});
  must(run(end_turn(*db, writer, end)));
  EXPECT_EQ(must(run(find_message(*db, a.id, ada))).sources.size(), 200u);
}

TEST_F(ChatTurnsTest, AFailedOneRunsAgainAndKeepsWhatWasAsked) {
  auto writer = load().writer;
  for (auto state : {TurnState::failed, TurnState::interrupted, TurnState::cancelled}) {
    auto at = record().messages + 1;
    auto seq = record().conversation.position.seq;
    auto q = ask(writer, seq + 1, at);
    must(run(start_turn(*db, writer, q.turn_id)));
    must(run(end_turn(*db, writer,
                      {.turn = q.turn_id,
                       .state = state,
                       .error = R"({"code":"upstream_failed"})",
                       .frames = {frame(writer, seq + 2, "error")}})));
    auto again = must(run(rerun_turn(*db, writer, q.turn_id, {frame(writer, seq + 3, "rerun")})));
    EXPECT_EQ(again.turn.state, TurnState::queued);
    EXPECT_EQ(again.turn.attempt, 2);
    EXPECT_EQ(again.turn.error, std::nullopt);
    EXPECT_EQ(again.turn.started_at, std::nullopt);
    EXPECT_EQ(again.turn.ended_at, std::nullopt);
    EXPECT_EQ(again.turn.accepted, (StreamPosition{1, seq + 1}));
    EXPECT_EQ(again.question.id, q.id);
    must(run(start_turn(*db, writer, q.turn_id)));
    reply(writer, q.turn_id, seq + 4, at + 1);
  }
  EXPECT_EQ(record().messages, 6);
}

TEST_F(ChatTurnsTest, TheErrorOfAFailedOneIsKept) {
  auto writer = load().writer;
  auto q = ask(writer, 1, 1, "c");
  must(run(end_turn(*db, writer,
                    {.turn = q.turn_id,
                     .state = TurnState::failed,
                     .error = R"({"code": "timed_out"})",
                     .frames = {frame(writer, 2, "error")}})));
  auto known = must(run(begin_turn(*db, writer, "c", question(2), {frame(writer, 3, "accepted")})));
  EXPECT_TRUE(known.known);
  EXPECT_EQ(known.turn.state, TurnState::failed);
  EXPECT_EQ(known.turn.error, R"({"code": "timed_out"})");
  EXPECT_TRUE(known.turn.ended_at);
}

TEST_F(ChatTurnsTest, AfterACrashTheUnfinishedAreFoundInOrder) {
  EXPECT_TRUE(must(run(conversations_with_unfinished_turns(*db))).empty());
  auto writer = load().writer;
  auto done = ask(writer, 1, 1);
  auto running = ask(writer, 2, 2, "r");
  auto queued = ask(writer, 3, 3);
  reply(writer, done.turn_id, 4, 4);
  must(run(start_turn(*db, writer, running.turn_id)));
  must(run(append_frames(*db, writer, {frame(writer, 30, "tool_call")})));
  auto idle = converse(ada);
  auto other = std::exchange(chat, converse(bob));
  ask(load().writer, 1, 1);
  std::swap(other, chat);
  EXPECT_EQ(must(run(conversations_with_unfinished_turns(*db))), (std::vector{chat, other}));
  EXPECT_TRUE(must(run(load_conversation(*db, idle))).unfinished.empty());

  // The process is killed here; another takes over.
  auto loaded = load();
  EXPECT_EQ(loaded.record.messages, 4);
  EXPECT_EQ(loaded.record.conversation.position, (StreamPosition{1, 30}));
  ASSERT_EQ(loaded.unfinished.size(), 2u);
  EXPECT_EQ(turn_of(loaded, 0).id, running.turn_id);
  EXPECT_EQ(turn_of(loaded, 0).state, TurnState::running);
  EXPECT_EQ(turn_of(loaded, 0).client_msg_id, "r");
  EXPECT_EQ(loaded.unfinished[0].question.content, "Question 2");
  EXPECT_EQ(turn_of(loaded, 1).id, queued.turn_id);
  EXPECT_EQ(turn_of(loaded, 1).state, TurnState::queued);

  auto& next = loaded.writer;
  must(run(end_turn(*db, next,
                    {.turn = running.turn_id,
                     .state = TurnState::interrupted,
                     .frames = {frame(next, 1, "interrupted")}})));
  EXPECT_EQ(record().conversation.position, (StreamPosition{2, 1}));
  EXPECT_EQ(error_of(run(append_frames(*db, writer, {frame(writer, 31, "tool_result")}))),
            Errc::conflict)
    << "the dead one is fenced off";
  auto left = load().unfinished;
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].turn.id, queued.turn_id);
}

TEST_F(ChatTurnsTest, FramesAreReadInPages) {
  auto first = load().writer;
  must(run(append_frames(*db, first, {frame(first, 2, "a"), frame(first, 9, "b")})));
  auto second = load().writer;
  must(run(append_frames(*db, second, {frame(second, 1, "c")})));
  must(run(append_frames(*db, second, {frame(second, 3, "d"), frame(second, 4, "e")})));
  auto types = [&](StreamPosition after, StreamPosition until, std::size_t limit) {
    std::string text;
    for (auto& f : must(run(list_frames(*db, chat, after, until, limit))))
      text += f.type;
    return text;
  };
  EXPECT_EQ(types({}, {9, 9}, 100), "abcde");
  EXPECT_EQ(types({}, {9, 9}, 2), "ab");
  EXPECT_EQ(types({1, 9}, {9, 9}, 2), "cd");
  EXPECT_EQ(types({1, 2}, {2, 3}, 100), "bcd") << "after is out, until is in";
  EXPECT_EQ(types({1, 5}, {1, 999}, 100), "b");
  EXPECT_EQ(types({2, 4}, {9, 9}, 100), "");
  EXPECT_TRUE(must(run(list_frames(*db, ConversationId::fresh(), {}, {9, 9}, 100))).empty());
}

TEST_F(ChatTurnsTest, SummariesOnlyReachFurther) {
  auto writer = load().writer;
  ask(writer, 1, 1);
  must(run(save_summary(*db, writer, "long", 4)));
  EXPECT_EQ(error_of(run(save_summary(*db, writer, "short", 3))), Errc::conflict);
  must(run(save_summary(*db, writer, "longer", 6)));
  EXPECT_EQ(record().summary, "longer");
  EXPECT_EQ(error_of(run(save_state(*db, writer, "[]"))), Errc::invalid);
  EXPECT_EQ(record().conversation.position, (StreamPosition{1, 1})) << "no frame was stored";
}

TEST_F(ChatTurnsTest, ATitleThatAPersonChoseStays) {
  EXPECT_EQ(must(run(set_title(*db, chat, "Jobs in Berlin"))), "Jobs in Berlin");
  EXPECT_EQ(must(run(set_title(*db, chat, "Other"))), "Jobs in Berlin");
  EXPECT_EQ(record().conversation.title, "Jobs in Berlin");
  EXPECT_EQ(error_of(run(set_title(*db, ConversationId::fresh(), "x"))), Errc::not_found);
}

TEST_F(ChatTurnsTest, CommitsJoinATransaction) {
  auto writer = load().writer;
  auto undone = run(db->transaction([&](Transaction& transaction) -> task<Done> {
    auto kept = co_await append_frames(transaction, writer, {frame(writer, 1, "a")});
    if (!kept)
      co_return kept;
    co_return fail(Errc::cancelled, "on second thought");
  }));
  EXPECT_EQ(error_of(undone), Errc::cancelled);
  EXPECT_TRUE(all_frames().empty());
  EXPECT_EQ(record().conversation.position, StreamPosition{});
}

}  // namespace
}  // namespace jobraker
