// 100,000 random schedules of crashes, lost and late replies, webhooks in any order and number,
// polls, cancels, keys that are refused for ever, runs that nobody can read or find, changes
// between approval and sending, and two nodes.
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/applications/world.hpp"

namespace jobraker {
namespace {

constexpr int schedules = 25'000;

rc::Gen<std::vector<std::uint32_t>> schedule(int steps) {
  auto number =
    rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint32_t>(0, 2'000'000'000));
  return rc::gen::resize(steps, rc::gen::container<std::vector<std::uint32_t>>(number));
}

/// Checks that many schedules; a failure is shrunk and printed with its seed.
void check_schedules(std::size_t applications, bool titles_told, int steps) {
  rc::detail::TestParams params;
  params.seed = std::random_device{}();
  params.maxSuccess = schedules;
  int checked = 0;
  auto property = [&] {
    auto numbers = *schedule(steps);
    test::World world{applications, titles_told};
    for (auto number : numbers)
      world.step(number);
    world.settle();
    ++checked;
  };
  auto result = rc::detail::checkTestable(property, rc::detail::TestMetadata{}, params);
  EXPECT_TRUE(result.is<rc::detail::SuccessResult>()) << "seed " << params.seed;
  EXPECT_GE(checked, schedules);
}

TEST(Schedules, OneApplicationShort) { check_schedules(1, true, 60); }
TEST(Schedules, OneApplicationLong) { check_schedules(1, false, 300); }
TEST(Schedules, TwoApplications) { check_schedules(2, true, 200); }
TEST(Schedules, ThreeApplicationsWithoutTitles) { check_schedules(3, false, 250); }

/// The schedules above are worth nothing if they never get anywhere.
TEST(Schedules, ReachWhatTheyAreAbout) {
  check_schedules(2, false, 250);
  auto& seen = test::World::seen();
  for (const char* what : {"crash",
                           "create reply lost",
                           "create request lost",
                           "news lost",
                           "webhook again",
                           "webhook known",
                           "webhook before its run",
                           "cancel lost the race",
                           "by hand",
                           "locked out",
                           "read failed",
                           "read refused",
                           "look-up refused",
                           "never to be searched",
                           "mute and unreadable",
                           "told of silence",
                           "given up",
                           "came too late to call",
                           "changed before its turn",
                           "changed and noticed",
                           "run completed",
                           "run failed",
                           "run terminated",
                           "run timed_out",
                           "run canceled",
                           "draft > approved",
                           "approved > queued",
                           "queued > draft",
                           "queued > submitting",
                           "submitting > queued",
                           "submitting > submitted",
                           "submitting > needs_input",
                           "submitting > unknown",
                           "submitting > failed",
                           "submitting > withdrawn",
                           "needs_input > submitting",
                           "needs_input > approved",
                           "needs_input > queued",
                           "unknown > submitting",
                           "unknown > submitted",
                           "failed > approved",
                           "failed > queued",
                           "failed > submitted",
                           "withdrawn > submitted",
                           "withdrawn > draft",
                           "cancelled when submitting",
                           "cancelled when queued",
                           "cancelled when unknown",
                           "ended submitted",
                           "ended unknown",
                           "ended failed",
                           "ended needs_input",
                           "ended withdrawn"})
    EXPECT_GT(seen[what], 0u) << what;
}

}  // namespace
}  // namespace jobraker
