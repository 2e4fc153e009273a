#include "actors/workflows/core/steps.hpp"

#include <deque>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker::workflows {
namespace {

constexpr Time epoch{};

const Violations one_fault{{"/experience/0/company", ClaimKind::employer, "Globex", "no Globex"}};

/// The rows, the model and the actor around the machine, all of which may fail or die at any point.
struct World {
  // What a process leaves behind.
  std::vector<StoredStep> rows = std::vector<StoredStep>(kit_steps.size());
  bool ended = false, failed = false;
  std::vector<int> outputs = std::vector<int>(kit_steps.size());  ///< how often each was written
  // One life of the actor.
  State state{};
  std::deque<Effect> todo{};
  std::optional<Time> wake{};
  bool alive = false, left = false;
  Time now = epoch;
  int faults = 0;  ///< answers with faults since the step began in this life

  void live() {
    state = {};
    todo.clear();
    wake.reset();
    alive = true;
    left = false;
    if (ended)
      return void(left = true);
    take(Start{rows});
  }
  void take(const Event& event) {
    for (auto& effect : next(state, event, now)) {
      RC_ASSERT(!left);
      if (auto* at = std::get_if<WakeAt>(&effect))
        wake = at->time;
      else if (std::holds_alternative<End>(effect))
        left = true;
      else if (!std::holds_alternative<Progress>(effect))
        todo.push_back(effect);
    }
  }
  std::size_t index(KitStep step) const { return static_cast<std::size_t>(step); }

  /// Performs the next effect as `luck` has it: 0 well, 1 badly, 2 badly though it happened.
  void perform(int luck) {
    if (todo.empty()) {
      if (wake) {
        now = *wake;
        wake.reset();
        take(Tick{});
      }
      return;
    }
    auto effect = todo.front();
    todo.pop_front();
    std::visit([&](const auto& e) { run(e, luck); }, effect);
  }
  void run(const Begin& e, int luck) {
    for (std::size_t i = 0; i < index(e.step); ++i)
      RC_ASSERT(rows[i].state == KitStepState::done);
    faults = 0;
    if (luck != 1) {
      RC_ASSERT(rows[index(e.step)].state != KitStepState::done);
      rows[index(e.step)] = {KitStepState::running, rows[index(e.step)].attempts + 1};
    }
    if (luck == 0)
      take(Begun{e.ticket});
    else
      take(Failed{e.ticket, {Errc::unavailable, "away", {}, {}}, true, false});
  }
  void run(const Work& e, int luck) {
    RC_ASSERT(rows[index(e.step)].state == KitStepState::running);
    RC_ASSERT(faults <= 1);
    RC_ASSERT(e.repair.empty() == (faults == 0));
    if (luck == 0)
      take(Worked{e.ticket, {}});
    else if (luck == 1 && ++faults)
      take(Worked{e.ticket, one_fault});
    else
      take(Failed{e.ticket, {Errc::unavailable, "no model", {}, {}}, true, false});
  }
  void run(const Commit& e, int luck) {
    auto& row = rows[index(e.step)];
    if (ended)
      return take(Failed{e.ticket, {Errc::conflict, "over", {}, {}}, false, true});
    if (luck != 1) {
      if (row.state != KitStepState::done)
        ++outputs[index(e.step)];
      row.state = KitStepState::done;
      ended = ended || e.step == KitStep::finalize;
    }
    if (luck == 0)
      take(Committed{e.ticket});
    else
      take(Failed{e.ticket, {Errc::unavailable, "away", {}, {}}, true, false});
  }
  void run(const CommitFailure& e, int luck) {
    if (ended)
      return take(Failed{e.ticket, {Errc::conflict, "over", {}, {}}, false, true});
    if (luck != 1) {
      rows[index(e.step)].state = KitStepState::failed;
      ended = failed = true;
    }
    if (luck == 0)
      take(Committed{e.ticket});
    else
      take(Failed{e.ticket, {Errc::unavailable, "away", {}, {}}, true, false});
  }
  template <class Other>
  void run(const Other&, int) {}

  /// Nothing goes wrong any more.
  void finish() {
    for (int i = 0; i < 200 && !(left && ended); ++i) {
      if (!alive || (left && !ended))
        live();
      perform(0);
    }
  }
};

TEST(KitSteps, GoThroughAllFour) {
  World world;
  world.finish();
  EXPECT_TRUE(world.ended);
  EXPECT_FALSE(world.failed);
  EXPECT_EQ(world.outputs, (std::vector{1, 1, 1, 1}));
}

TEST(KitSteps, GoOnWhereTheRowsStand) {
  World world;
  world.rows[0].state = world.rows[1].state = KitStepState::done;
  world.finish();
  EXPECT_EQ(world.outputs, (std::vector{0, 0, 1, 1}));
}

/// Whatever fails or dies, in whatever order: every step is written once and in order, the run ends
/// well or says that it failed, and no answer is repaired more than once.
TEST(KitSteps, SurviveEveryOrderOfFaultsAndCrashes) {
  EXPECT_TRUE(rc::check([] {
    World world;
    world.live();
    auto moves = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
    for (int move : moves) {
      if (world.left)
        break;
      if (move == 3)
        world.live();  // killed, and back from its rows
      else if (move == 4)
        world.take(Tick{});
      else
        world.perform(move);
    }
    world.finish();
    RC_ASSERT(world.ended);
    RC_ASSERT(world.left);
    for (std::size_t i = 0; i < kit_steps.size(); ++i) {
      RC_ASSERT(world.outputs[i] <= 1);
      RC_ASSERT(world.failed || world.outputs[i] == 1);
    }
  }));
}

TEST(KitSteps, OutcomesThatNobodyWaitsForChangeNothing) {
  EXPECT_TRUE(rc::check([] {
    World world;
    world.live();
    auto moves = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3));
    for (int move : moves) {
      for (Ticket ticket : {world.state.ticket - 1, world.state.ticket + 1}) {
        RC_ASSERT(next(world.state, Begun{ticket}, world.now).empty());
        RC_ASSERT(next(world.state, Worked{ticket, one_fault}, world.now).empty());
        RC_ASSERT(next(world.state, Failed{ticket, {}, false, true}, world.now).empty());
        RC_ASSERT(next(world.state, Committed{ticket}, world.now).empty());
      }
      world.perform(move);
    }
    world.finish();
    RC_ASSERT(world.ended);
  }));
}

struct OneStep : ::testing::Test {
  State state{};
  std::vector<Effect> begin() {
    auto effects = next(state, Start{}, epoch);
    return next(state, Begun{state.ticket}, epoch);
  }
  template <class T>
  static const T* find(const std::vector<Effect>& effects) {
    for (const auto& effect : effects)
      if (auto* wanted = std::get_if<T>(&effect))
        return wanted;
    return nullptr;
  }
};

TEST_F(OneStep, AFaultyAnswerIsRepairedOnceAndThenRefused) {
  begin();
  auto again = next(state, Worked{state.ticket, one_fault}, epoch);
  ASSERT_TRUE(find<Work>(again));
  EXPECT_EQ(find<Work>(again)->repair, one_fault);
  auto refused = next(state, Worked{state.ticket, one_fault}, epoch);
  auto* failure = find<CommitFailure>(refused);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->violations, one_fault);
  EXPECT_EQ(failure->error.code, Errc::upstream_failed);
  EXPECT_NE(failure->error.detail.find("no Globex"), std::string::npos);
  ASSERT_EQ(failure->error.fields.size(), 1u);
  EXPECT_EQ(failure->error.fields[0].pointer, "/experience/0/company");
}

TEST_F(OneStep, ARepairedAnswerIsCommitted) {
  begin();
  next(state, Worked{state.ticket, one_fault}, epoch);
  EXPECT_TRUE(find<Commit>(next(state, Worked{state.ticket, {}}, epoch)));
}

TEST_F(OneStep, WorkThatKeepsFailingIsGivenUpWithItsReason) {
  begin();
  Error away{Errc::unavailable, "no model answers", {}, std::chrono::seconds{3}};
  auto first = next(state, Failed{state.ticket, away, true, false}, epoch);
  ASSERT_TRUE(find<WakeAt>(first));
  EXPECT_EQ(find<WakeAt>(first)->time, epoch + std::chrono::seconds{3});
  EXPECT_TRUE(next(state, Tick{}, epoch).empty()) << "too early";
  EXPECT_TRUE(find<Work>(next(state, Tick{}, epoch + std::chrono::seconds{3})));
  next(state, Failed{state.ticket, away, true, false}, epoch);
  next(state, Tick{}, epoch + std::chrono::minutes{1});
  auto last = next(state, Failed{state.ticket, away, true, false}, epoch);
  ASSERT_TRUE(find<CommitFailure>(last));
  EXPECT_EQ(find<CommitFailure>(last)->error, away);
}

TEST_F(OneStep, WhatAnotherTryCannotMendIsGivenUpAtOnce) {
  next(state, Start{}, epoch);
  Error none{Errc::unprocessable, "no profile", {}, {}};
  EXPECT_TRUE(find<CommitFailure>(next(state, Failed{state.ticket, none, false, false}, epoch)));
}

TEST_F(OneStep, ARunThatSomebodyElseEndedIsLeftAlone) {
  begin();
  next(state, Worked{state.ticket, {}}, epoch);
  auto effects = next(state, Failed{state.ticket, {}, false, true}, epoch);
  ASSERT_TRUE(find<End>(effects));
  EXPECT_TRUE(find<End>(effects)->overtaken);
  EXPECT_TRUE(next(state, Tick{}, epoch + std::chrono::hours{1}).empty());
}

TEST_F(OneStep, AStepThatNeverEndsIsSetAside) {
  auto effects = next(state, Start{{{KitStepState::running, 8}, {}, {}, {}}}, epoch);
  ASSERT_TRUE(find<CommitFailure>(effects));
  EXPECT_NE(find<CommitFailure>(effects)->error.detail.find("8 times"), std::string::npos);
}

}  // namespace
}  // namespace jobraker::workflows
