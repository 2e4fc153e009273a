#include <sstream>

#include <gtest/gtest.h>

#include "tools/ctl/invocation.hpp"

namespace jobraker::ctl {
namespace {

const Time noon = *parse_rfc3339("2026-11-20T12:00:00Z");

Understood reading(const std::string& line) {
  std::istringstream words{line};
  std::vector<std::string> arguments;
  for (std::string word; words >> word;)
    arguments.push_back(word);
  return understand(arguments, {}, noon);
}

TEST(Settings, SettingsAreUnderstoodBeforeAndBehindACommand) {
  for (auto line : {"--server http://a:1 --json --timeout 5 actors list",
                    "actors list --server http://a:1 --json --timeout 5",
                    "actors --json list --timeout 5 --server http://a:1"}) {
    auto understood = reading(line);
    ASSERT_TRUE(understood.invocation) << line << understood.answered.err;
    const auto& settings = understood.invocation->settings;
    EXPECT_EQ(settings.server, "http://a:1") << line;
    EXPECT_TRUE(settings.json) << line;
    EXPECT_EQ(settings.timeout_s, 5U) << line;
  }
  auto from_environment = understand({"alarms"}, {"http://e:2"}, noon);
  EXPECT_EQ(from_environment.invocation->settings.server, "http://e:2");
  auto given = understand({"alarms", "--server", "http://g:3"}, {"http://e:2"}, noon);
  EXPECT_EQ(given.invocation->settings.server, "http://g:3");
}

TEST(Settings, WatchHasATimeOrTwoSeconds) {
  EXPECT_FALSE(reading("alarms").invocation->watch_s);
  EXPECT_EQ(reading("alarms --watch").invocation->watch_s, 2U);
  EXPECT_EQ(reading("--watch alarms").invocation->watch_s, 2U);
  EXPECT_EQ(reading("alarms --watch 7").invocation->watch_s, 7U);
  EXPECT_EQ(reading("actors top --watch=3").invocation->top.interval_ms, 3000U);
}

TEST(Settings, WhatEndsSomethingIsAskedAbout) {
  for (auto line : {"actors stop /a", "actors restart /a", "actors drain /a",
                    "actors pause /a --subtree", "actors trace a --subtree"}) {
    auto understood = reading(line);
    ASSERT_TRUE(understood.invocation->danger) << line;
    EXPECT_EQ(understood.invocation->danger->path, "/a");
    EXPECT_FALSE(understood.invocation->danger->yes);
  }
  for (auto line : {"actors pause /a", "actors resume /a", "actors trace /a", "alarms"})
    EXPECT_FALSE(reading(line).invocation->danger) << line;
  EXPECT_TRUE(reading("actors stop /a --yes --reason why").invocation->danger->yes);
}

TEST(Settings, TopIsAQueryOfItsOwn) {
  auto top = reading("actors top --path users --sort rate --order asc --limit 7 --once").invocation;
  ASSERT_TRUE(top);
  EXPECT_EQ(top->kind, Kind::top);
  EXPECT_TRUE(top->once);
  EXPECT_EQ(top->top.path, "/users");
  EXPECT_EQ(top->top.sort, "rate");
  EXPECT_EQ(top->top.limit, 7U);
  EXPECT_EQ(reading("actors top").invocation->top.sort, "busy");
}

}  // namespace
}  // namespace jobraker::ctl
