#include "storage/effect_machine.hpp"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;

const Time start = *parse_rfc3339("2026-11-20T12:00:00Z");
constexpr LapseRule rules[] = {LapseRule::run_again, LapseRule::look_up, LapseRule::give_back};

EffectGranted granted(const ReserveStep& step) { return std::get<EffectGranted>(step.answer); }

TEST(EffectMachine, IsReservedOnceAndDoneForEverybodyElse) {
  auto first = reserve({}, LapseRule::look_up, start, 10s);
  EXPECT_EQ(granted(first), (EffectGranted{1, 1, false, false}));
  auto second = reserve(first.next, LapseRule::look_up, start + 9s, 10s);
  EXPECT_EQ(std::get<EffectBusy>(second.answer).until, start + 10s);
  EXPECT_EQ(second.next, first.next);
  auto settled = settle(first.next, 1, R"({"id":7})");
  ASSERT_TRUE(settled);
  auto third = reserve(settled->next, LapseRule::look_up, start + 1h, 10s);
  EXPECT_EQ(std::get<EffectDone>(third.answer).outcome, R"({"id":7})");
}

TEST(EffectMachine, TheRuleSaysWhatComesAfterALeaseHasEnded) {
  auto held = reserve({}, LapseRule::run_again, start, 10s).next;
  EXPECT_EQ(granted(reserve(held, LapseRule::run_again, start + 10s, 10s)),
            (EffectGranted{2, 2, false, false}));
  EXPECT_EQ(granted(reserve(held, LapseRule::look_up, start + 10s, 10s)),
            (EffectGranted{2, 2, true, false}));
  EXPECT_EQ(granted(reserve(held, LapseRule::give_back, start + 10s, 10s)),
            (EffectGranted{2, 2, false, true}));
  EXPECT_EQ(lapse(held, LapseRule::give_back, start + 9s), held);
  EXPECT_EQ(lapse(held, LapseRule::look_up, start + 1h), held);
  auto swept = lapse(held, LapseRule::give_back, start + 10s);
  EXPECT_EQ(swept.state, EffectState::given_back);
  EXPECT_EQ(granted(reserve(swept, LapseRule::give_back, start + 10s, 10s)),
            (EffectGranted{2, 2, false, false}))
    << "what it held was returned by the sweep";
}

TEST(EffectMachine, ALateAnswerCountsOnlyWhileNobodyHasTakenOver) {
  auto held = reserve({}, LapseRule::look_up, start, 10s).next;
  EXPECT_TRUE(settle(held, 1, "{}")) << "nobody else wants it";
  auto taken = reserve(held, LapseRule::look_up, start + 1min, 10s).next;
  for (auto refused : {settle(taken, 1, "{}"), give_back(taken, 1)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
  }
  EXPECT_FALSE(renew(taken, 1, start + 1min, 10s));
  EXPECT_TRUE(settle(taken, 2, "{}"));
}

TEST(EffectMachine, ADoubtIsNotForgottenWhenTheOneWhoShouldLookUpCrashes) {
  auto held = reserve({}, LapseRule::look_up, start, 10s).next;
  auto second = reserve(held, LapseRule::look_up, start + 10s, 10s);
  auto let_go = renew(second.next, 2, start + 11s, 0ms);
  ASSERT_TRUE(let_go);
  EXPECT_TRUE(granted(reserve(*let_go, LapseRule::look_up, start + 11s, 10s)).must_look_up);
  auto not_done = give_back(second.next, 2);
  ASSERT_TRUE(not_done);
  EXPECT_FALSE(granted(reserve(not_done->next, LapseRule::look_up, start + 11s, 10s)).must_look_up);
}

TEST(EffectMachine, SayingItAgainChangesNothing) {
  auto held = reserve({}, LapseRule::run_again, start, 10s).next;
  auto settled = settle(held, 1, "1");
  auto again = settle(settled->next, 1, "2");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->next.outcome, "1");
  EXPECT_FALSE(give_back(settled->next, 1)) << "it has happened";
  auto back = give_back(held, 1);
  EXPECT_TRUE(give_back(back->next, 1)->repeated);
  EXPECT_FALSE(settle(back->next, 1, "1")) << "it was said not to have happened";
  EXPECT_FALSE(settle({}, 0, "1")) << "nobody has reserved it";
  EXPECT_FALSE(give_back({}, 0));
}

// What nodes do to one effect, in any order: who holds what comes from the grants, so that crashed,
// slow and repeated words of every holder there ever was are among the steps.
enum class Do { wait, reserve, renew, settle, give_back, sweep };
struct Step {
  Do what;
  std::size_t who;
  std::chrono::seconds by;
};

rc::Gen<std::vector<Step>> steps() {
  return rc::gen::container<std::vector<Step>>(rc::gen::build<Step>(
    rc::gen::set(&Step::what, rc::gen::element(Do::wait, Do::reserve, Do::reserve, Do::renew,
                                               Do::settle, Do::give_back, Do::sweep)),
    rc::gen::set(&Step::who, rc::gen::inRange<std::size_t>(0, 8)),
    rc::gen::set(&Step::by, rc::gen::map(rc::gen::inRange(0, 15),
                                         [](int s) { return std::chrono::seconds{s}; }))));
}

/// Runs steps on one effect and checks after each what must always hold.
class World {
public:
  explicit World(LapseRule rule) : rule_(rule) {}

  void run(const Step& step) {
    auto before = effect_;
    auto fence = fences_.empty() ? 0 : fences_[step.who % fences_.size()];
    switch (step.what) {
    case Do::wait:
      now_ += step.by;
      break;
    case Do::reserve:
      want(step.by);
      break;
    case Do::renew:
      if (auto next = renew(effect_, fence, now_, step.by))
        accepted(fence), effect_ = *next;
      break;
    case Do::settle:
      close(settle(effect_, fence, std::to_string(fence)), fence, settled_);
      break;
    case Do::give_back:
      close(give_back(effect_, fence), fence, given_back_);
      break;
    case Do::sweep:
      effect_ = lapse(effect_, rule_, now_);
      break;
    }
    RC_ASSERT(effect_.fence >= before.fence);
    RC_ASSERT(settled_ <= 1);
    if (before.state == EffectState::settled)
      RC_ASSERT(effect_ == before);
  }

  /// Whatever has happened, whoever comes after the last lease gets it, or learns its outcome.
  void end() {
    now_ = std::max(now_, effect_.lease_until);
    auto step = reserve(effect_, rule_, now_, 1s);
    RC_ASSERT(!std::holds_alternative<EffectBusy>(step.answer));
    RC_ASSERT(std::holds_alternative<EffectDone>(step.answer) == (settled_ == 1));
  }

private:
  void want(std::chrono::milliseconds lease) {
    bool ended = now_ >= effect_.lease_until;
    auto step = reserve(effect_, rule_, now_, lease);
    if (auto* grant = std::get_if<EffectGranted>(&step.answer)) {
      RC_ASSERT(effect_.state == EffectState::given_back || ended);
      RC_ASSERT((fences_.empty() || grant->fence > fences_.back()));
      fences_.push_back(grant->fence);
      RC_ASSERT(grant->attempt == static_cast<std::int64_t>(fences_.size()));
      RC_ASSERT(step.next.lease_until == now_ + lease);
    }
    effect_ = step.next;
  }

  /// Only the latest holder's word may count.
  void accepted(std::int64_t fence) const { RC_ASSERT(fence == fences_.back()); }

  void close(const Result<CloseStep>& step, std::int64_t fence, int& count) {
    if (!step) {
      RC_ASSERT(step.error().code == Errc::conflict);
      return;
    }
    accepted(fence);
    RC_ASSERT(!step->repeated || step->next == effect_);
    count += step->repeated ? 0 : 1;
    effect_ = step->next;
  }

  LapseRule rule_;
  Time now_ = start;
  EffectStanding effect_{};
  std::vector<std::int64_t> fences_{};
  int settled_ = 0;
  int given_back_ = 0;
};

TEST(EffectMachine, HoldsInEveryOrderOfCrashRetryAndLateAnswer) {
  for (auto rule : rules)
    ASSERT_TRUE(rc::check([&] {
      World world{rule};
      for (const auto& step : *steps())
        world.run(step);
      world.end();
    }));
}

/// A node that does what it is told and may stop at any point.
struct Node {
  EffectGranted grant{};
  enum { idle, holds, looked, did } at = idle;
};

TEST(EffectMachine, NodesThatLookUpWhenToldRunAnAmbiguousEffectOnce) {
  ASSERT_TRUE(rc::check([](const std::vector<std::pair<bool, std::uint8_t>>& schedule) {
    EffectStanding effect;
    Node nodes[2];
    Time now = start;
    int happened = 0;
    auto step = [&](Node& node) {
      switch (node.at) {
      case Node::idle: {
        auto wish = reserve(effect, LapseRule::look_up, now, 10s);
        effect = wish.next;
        if (auto* grant = std::get_if<EffectGranted>(&wish.answer)) {
          node.grant = *grant;
          node.at = Node::holds;
        }
        break;
      }
      case Node::holds:
        node.at = node.grant.must_look_up && happened > 0 ? Node::did : Node::looked;
        break;
      case Node::looked:
        ++happened;
        node.at = Node::did;
        break;
      case Node::did:
        if (auto settled = settle(effect, node.grant.fence, "1"))
          effect = settled->next;
        node.at = Node::idle;
      }
    };
    for (auto [second, dice] : schedule) {
      step(nodes[second]);
      // A node that crashes says no more; its lease ends while nobody holds the effect.
      if (dice % 4 == 0) {
        nodes[second] = {};
        if (nodes[!second].at == Node::idle || nodes[!second].at == Node::did)
          now += 10s;
      }
      RC_ASSERT(happened <= 1);
    }
    // Once nobody crashes any more it happens, and is known to have.
    nodes[0] = nodes[1] = {};
    now += 10s;
    for (int i = 0; i < 4; ++i)
      step(nodes[0]);
    RC_ASSERT(happened == 1);
    RC_ASSERT(effect.state == EffectState::settled);
  }));
}

}  // namespace
}  // namespace jobraker
