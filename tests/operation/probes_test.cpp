#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "actors/operation/core/probes.hpp"

namespace jobraker::operation {
namespace {

using namespace std::chrono_literals;

constexpr Probes::Time start{};

TEST(Probes, NobodyWhoAskedOnceIsWaitedFor) {
  Probes probes;
  EXPECT_FALSE(probes.expected_until(start));
  probes.came(start);
  EXPECT_FALSE(probes.expected_until(start + 1ms));
}

TEST(Probes, WhoAsksEveryTwoSecondsIsExpectedWithinThree) {
  Probes probes;
  probes.came(start);
  probes.came(start + 2s);
  EXPECT_EQ(probes.expected_until(start + 3s), start + 5s);
  EXPECT_FALSE(probes.expected_until(start + 5s)) << "does not seem to come any more";
}

RC_GTEST_PROP(Probes, WhatIsExpectedIsAlwaysAhead, ()) {
  Probes probes;
  auto now = start;
  for (auto gap : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100000))) {
    now += std::chrono::milliseconds{gap};
    probes.came(now);
  }
  const auto ask = now + std::chrono::milliseconds{*rc::gen::inRange(0, 200000)};
  if (const auto until = probes.expected_until(ask))
    RC_ASSERT(*until > ask);
}

}  // namespace
}  // namespace jobraker::operation
