#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "actors/operation/core/process_families.hpp"

namespace jobraker::operation {
namespace {

constexpr std::string_view line =
  "4711 (a (strange) name) S 1 4711 4711 0 -1 4194560 100 0 0 0 250 150 0 0 20 0 9 0 100000 "
  "123456789 2048 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 3 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

TEST(ProcessFigures, AreReadBehindTheLastParenthesis) {
  const auto read = parse_stat(line, 100, 4096, 1'700'000'000.0);
  EXPECT_EQ(read.cpu_seconds, 4.0);
  EXPECT_EQ(read.threads, 9U);
  EXPECT_EQ(read.virtual_bytes, 123456789U);
  EXPECT_EQ(read.resident_bytes, 2048U * 4096U);
  EXPECT_EQ(read.start_seconds, 1'700'001'000.0);
}

TEST(ProcessFigures, WhatIsNotKnownIsLeftOut) {
  const auto read = parse_stat(line, 100, 4096, std::nullopt);
  EXPECT_FALSE(read.start_seconds);
  Families families;
  add_families(families, ProcessReading{});
  for (const auto& family : families)
    EXPECT_TRUE(family.metric.empty()) << family.name;
}

RC_GTEST_PROP(ProcessFigures, AnyTextIsSurvived, (const std::string& text)) {
  (void)parse_stat(text, 100, 4096, 1.0);
  (void)parse_stat("1 (" + text, 100, 4096, 1.0);
  (void)parse_stat("1 (x) " + text, 100, 4096, 1.0);
}

}  // namespace
}  // namespace jobraker::operation
