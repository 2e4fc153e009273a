#include <rapidcheck.h>

#include "tests/storage/chat_samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;
using test::same;

struct ChatFencingTest : test::ChatTest {
  void SetUp() override {
    ChatTest::SetUp();
    if (db)
      other = std::make_unique<Database>(loop.io, settings);
  }
  void TearDown() override {
    other.reset();
    ChatTest::TearDown();
  }
  /// Another process.
  std::unique_ptr<Database> other{};
};

TEST_F(ChatFencingTest, OfTwoLoadedFromTheSameStateOneWrites) {
  auto a = load().writer;
  auto b = load().writer;
  must(run(append_frames(*db, a, {frame(a, 1, "a")})));
  EXPECT_EQ(error_of(run(append_frames(*other, b, {frame(b, 1, "b")}))), Errc::conflict);
  EXPECT_EQ(error_of(run(append_frames(*other, b, {frame(b, 1, "a")}))), Errc::conflict)
    << "even if it would say the same";
  EXPECT_EQ(error_of(run(append_frames(*other, b, {frame(b, 7, "b")}))), Errc::conflict);
  EXPECT_EQ(error_of(run(begin_turn(*other, b, "x", question(1), {frame(b, 7, "accepted")}))),
            Errc::conflict);
  must(run(append_frames(*db, a, {frame(a, 2, "a")})));
}

TEST_F(ChatFencingTest, ACommitWithoutFramesTakesOverToo) {
  auto first = load().writer;
  auto q = ask(first, 1, 1);
  auto a = load().writer;
  auto b = load().writer;
  must(run(start_turn(*db, a, q.turn_id)));
  EXPECT_EQ(record().conversation.position, (StreamPosition{1, 1}))
    << "which is still the last stored frame's";
  for (auto& lost : {b, first}) {
    EXPECT_EQ(error_of(run(start_turn(*other, lost, q.turn_id))), Errc::conflict);
    EXPECT_EQ(error_of(run(save_state(*other, lost, "{}"))), Errc::conflict);
    EXPECT_EQ(error_of(run(save_summary(*other, lost, "s", 1))), Errc::conflict);
    EXPECT_EQ(error_of(run(end_turn(*other, lost,
                                    {.turn = q.turn_id,
                                     .state = TurnState::interrupted,
                                     .frames = {frame(lost, 2, "interrupted")}}))),
              Errc::conflict);
    EXPECT_EQ(error_of(run(rerun_turn(*other, lost, q.turn_id, {frame(lost, 2, "rerun")}))),
              Errc::conflict);
  }
  reply(a, q.turn_id, 1, 2);
  EXPECT_EQ(record().conversation.position, (StreamPosition{2, 1}));
}

TEST_F(ChatFencingTest, WhoWasLoadedBeforeALateCommitMustLoadAgain) {
  auto old = load().writer;
  auto q = ask(old, 1, 1);
  auto next = load().writer;
  // What the old one had on its way arrives after its successor has loaded.
  must(run(append_frames(*db, old, {frame(old, 5, "tool_call")})));
  EXPECT_EQ(error_of(run(end_turn(*other, next,
                                  {.turn = q.turn_id,
                                   .state = TurnState::interrupted,
                                   .frames = {frame(next, 1, "interrupted")}}))),
            Errc::conflict);
  next = load().writer;
  EXPECT_EQ(next.loaded, (StreamPosition{1, 5}));
  must(run(end_turn(*other, next,
                    {.turn = q.turn_id,
                     .state = TurnState::interrupted,
                     .frames = {frame(next, 1, "interrupted")}})));
}

TEST_F(ChatFencingTest, ARepetitionFromTheGraveIsRefused) {
  auto old = load().writer;
  must(run(append_frames(*db, old, {frame(old, 1, "a")})));
  auto next = load().writer;
  must(run(append_frames(*other, next, {frame(next, 1, "b")})));
  EXPECT_EQ(error_of(run(append_frames(*db, old, {frame(old, 1, "a")}))), Errc::conflict);
}

TEST_F(ChatFencingTest, WhoWaitsForTheOthersCommitSeesThatItHasLost) {
  auto a = load().writer;
  auto b = load().writer;
  std::shared_ptr<std::optional<Done>> loser;
  must(run(db->transaction([&](Transaction& transaction) -> task<Done> {
    auto kept = co_await append_frames(transaction, a, {frame(a, 1, "a")});
    if (!kept)
      co_return kept;
    loser = loop.spawn(append_frames(*other, b, {frame(b, 1, "b")}));
    for (bool waits = false; !waits;) {
      auto rows = co_await db->query("WITH w AS (SELECT 1 FROM pg_stat_activity WHERE datname = "
                                     "current_database() AND wait_event_type = 'Lock') "
                                     "SELECT EXISTS (SELECT FROM w)");
      if (!rows)
        co_return fail(std::move(rows.error()));
      waits = rows->front().get<bool>(0);
    }
    EXPECT_FALSE(loser->has_value());
    co_return Done{};
  })));
  loop.run_until([&] { return loser->has_value(); });
  EXPECT_EQ(error_of(**loser), Errc::conflict);
  EXPECT_TRUE(same(all_frames(), {frame(a, 1, "a")}));
}

TEST_F(ChatFencingTest, OfManyAtOnceOneWins) {
  std::vector<ChatWriter> writers;
  std::vector<ChatMessage> questions;
  for (int i = 0; i < 24; ++i) {
    writers.push_back(load().writer);
    questions.push_back(question(1, std::to_string(i)));
  }
  std::vector<std::shared_ptr<std::optional<Result<BegunTurn>>>> outcomes;
  for (std::size_t i = 0; i < writers.size(); ++i)
    outcomes.push_back(loop.spawn(begin_turn(i % 2 ? *db : *other, writers[i], "same", questions[i],
                                             {frame(writers[i], 1, "accepted")})));
  loop.run_until([&] {
    return std::all_of(outcomes.begin(), outcomes.end(), [](auto& o) { return o->has_value(); });
  });
  std::vector<TurnId> begun;
  for (auto& outcome : outcomes)
    if (auto& result = **outcome; !result)
      EXPECT_EQ(result.error().code, Errc::conflict);
    else if (!result->known)
      begun.push_back(result->turn.id);
  ASSERT_EQ(begun.size(), 1u);
  EXPECT_EQ(all_frames().size(), 1u);
  EXPECT_EQ(record().messages, 1);
  for (auto& outcome : outcomes)
    if (**outcome)
      EXPECT_EQ((**outcome)->turn.id, begun[0]) << "others may learn of it";
}

/// Three actors that load, write, repeat and die as they like, against a model of what may happen.
TEST_F(ChatFencingTest, AnySequenceOfWritersLeavesOneUnbrokenStream) {
  struct Actor {
    ChatWriter writer{};
    std::int64_t seq = 0;
    std::vector<StoredFrame> last{};
    bool last_stored = false;
  };
  ASSERT_TRUE(rc::check([&] {
    chat = converse(ada);
    Uuid owner{};
    StreamPosition end{};
    std::vector<StoredFrame> stream;
    std::vector<Actor> actors(3);
    for (auto& actor : actors)
      actor.writer = load().writer;
    auto steps = *rc::gen::inRange(1, 25);
    for (int step = 0; step < steps; ++step) {
      auto* actor = &actors[*rc::gen::inRange<std::size_t>(0, 3)];
      auto& writer = actor->writer;
      bool may = writer.id == owner || (writer.previous == owner && writer.loaded == end);
      switch (*rc::gen::weightedElement<int>({{6, 0}, {2, 1}, {2, 2}, {2, 3}})) {
      case 0: {  // appends
        std::vector<StoredFrame> frames;
        auto count = *rc::gen::inRange(1, 4);
        actor->seq += *rc::gen::inRange(1, 5);
        for (int i = 0; i < count; ++i)
          frames.push_back(frame(writer, actor->seq + i, "t" + std::to_string(step)));
        actor->seq += count - 1;
        auto outcome = run(append_frames(*db, writer, frames));
        RC_ASSERT(outcome.has_value() == may);
        actor->last = frames;
        actor->last_stored = may;
        if (may) {
          owner = writer.id;
          end = frames.back().position;
          stream.insert(stream.end(), frames.begin(), frames.end());
        } else {
          RC_ASSERT(outcome.error().code == Errc::conflict);
        }
        break;
      }
      case 1:  // repeats itself
        if (actor->last_stored)
          RC_ASSERT(run(append_frames(*db, writer, actor->last)).has_value() ==
                    (writer.id == owner));
        break;
      case 2:  // writes without a frame
        RC_ASSERT(run(save_state(*db, writer, "{}")).has_value() == may);
        if (may)
          owner = writer.id;
        break;
      default:  // dies; a successor loads
        *actor = Actor{.writer = load().writer};
        RC_ASSERT(actor->writer.loaded == end);
        RC_ASSERT(actor->writer.previous == owner);
      }
    }
    RC_ASSERT(same(all_frames(), stream));
    RC_ASSERT(std::is_sorted(stream.begin(), stream.end(),
                             [](auto& a, auto& b) { return a.position < b.position; }));
    RC_ASSERT(record().conversation.position == end);
  }));
}

}  // namespace
}  // namespace jobraker
