#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "actors/operation/core/actor_totals.hpp"

namespace jobraker::operation {
namespace {

using testing::HasSubstr;

std::string text_of(const ActorTotals& totals) {
  Families families;
  totals.add_to(families);
  return to_text(families);
}

TEST(ActorTotals, GrowAlthoughActorsEnd) {
  ActorTotals totals;
  totals.look({{1, "user", 2, 10, 1, 5'000'000'000}, {2, "user", 0, 5, 0, 0}}, {});
  totals.look({{2, "user", 0, 7, 0, 0}}, {{1, "user", 0, 11, 1, 6'000'000'000}});
  totals.look({{2, "user", 0, 7, 0, 0}}, {{1, "user", 0, 11, 1, 6'000'000'000}});
  totals.look({}, {});
  const auto text = text_of(totals);
  EXPECT_THAT(text, HasSubstr("jobraker_actors{kind=\"user\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_actor_mailbox_messages{kind=\"user\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_actor_messages_total{kind=\"user\"} 18\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_actor_failures_total{kind=\"user\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_actor_handler_seconds_total{kind=\"user\"} 6\n"));
}

/// Whoever is remembered as dead for at least one look is counted in full, exactly once.
RC_GTEST_PROP(ActorTotals, CountEveryMessageOnce, ()) {
  struct Actor {
    std::uint64_t messages = 0;
    bool alive = true;
  };
  std::map<std::uint64_t, Actor> actors;
  ActorTotals totals;
  std::uint64_t sent = 0;
  std::vector<ActorCount> dead;
  const auto rounds = *rc::gen::inRange(1, 30);
  for (int round = 0; round < rounds; ++round) {
    if (*rc::gen::inRange(0, 3) > 0)
      actors[static_cast<std::uint64_t>(round) + 1];
    for (auto& [id, actor] : actors)
      if (actor.alive) {
        const auto more = *rc::gen::inRange<std::uint64_t>(0, 5);
        actor.messages += more;
        sent += more;
        if (*rc::gen::inRange(0, 4) == 0) {
          actor.alive = false;
          dead.push_back({id, "user", 0, actor.messages, 0, 0});
        }
      }
    if (!*rc::gen::arbitrary<bool>())
      continue;
    std::vector<ActorCount> living;
    for (const auto& [id, actor] : actors)
      if (actor.alive)
        living.push_back({id, "user", 0, actor.messages, 0, 0});
    totals.look(living, dead);
    if (*rc::gen::arbitrary<bool>())
      dead.clear();
  }
  std::vector<ActorCount> living;
  for (const auto& [id, actor] : actors)
    if (actor.alive)
      living.push_back({id, "user", 0, actor.messages, 0, 0});
  totals.look(living, dead);
  if (!actors.empty())
    RC_ASSERT(text_of(totals).find("jobraker_actor_messages_total{kind=\"user\"} " +
                                   std::to_string(sent) + "\n") != std::string::npos);
}

}  // namespace
}  // namespace jobraker::operation
