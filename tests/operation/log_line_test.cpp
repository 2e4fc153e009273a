#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "actors/operation/core/log_line.hpp"
#include "messages/json.hpp"

namespace jobraker::operation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

LogLine a_line(std::string_view text) {
  LogLine line;
  line.at = *parse_rfc3339("2026-11-20T09:30:00.25Z");
  line.level = "info";
  line.logger = "net";
  line.thread = 7;
  line.text = text;
  return line;
}

TEST(LogLines, AreTakenApart) {
  EXPECT_THAT(fields_of(R"(event=batch.done total=12 why="it is "over" now" by=me)"),
              ElementsAre(Pair("event", "batch.done"), Pair("total", "12"),
                          Pair("why", "it is \"over\" now"), Pair("by", "me")));
  EXPECT_THAT(fields_of("database_down why=\"gone\""),
              ElementsAre(Pair("event", "database_down"), Pair("why", "gone")));
  EXPECT_THAT(fields_of("a=\"never closed"), ElementsAre(Pair("a", "never closed")));
  EXPECT_THAT(fields_of("a= b=2"), ElementsAre(Pair("a", ""), Pair("b", "2")));
}

TEST(LogLines, WordsForPeopleAreAMessage) {
  EXPECT_THAT(fields_of("the end of the world"), IsEmpty());
  EXPECT_EQ(to_json(a_line("the end of the world")),
            R"({"time":"2026-11-20T09:30:00.25Z","level":"info","logger":"net","thread":7,)"
            R"("message":"the end of the world"})");
}

TEST(LogLines, CarryTraceAndActorUnlessTheySayThemThemselves) {
  auto line = a_line("event=x trace=ab");
  line.trace = "cd";
  line.actor = "/users/1";
  EXPECT_EQ(to_json(line),
            R"({"time":"2026-11-20T09:30:00.25Z","level":"info","logger":"net","thread":7,)"
            R"("event":"x","trace":"ab","actor":"/users/1"})");
  EXPECT_EQ(suffix_of(line), " actor=/users/1");
  line.text = "event=x";
  EXPECT_EQ(suffix_of(line), " trace=cd actor=/users/1");
  line.text = "event=x path=/users/1";
  EXPECT_EQ(suffix_of(line), " trace=cd");
  line.principal = "ada";
  EXPECT_EQ(suffix_of(line), " trace=cd principal=ada");
  EXPECT_EQ(to_json(line),
            R"({"time":"2026-11-20T09:30:00.25Z","level":"info","logger":"net","thread":7,)"
            R"("event":"x","path":"/users/1","trace":"cd","actor":"/users/1","principal":"ada"})");
  line.text = "event=x path=/users/1 principal=-";
  EXPECT_EQ(suffix_of(line), " trace=cd");
}

TEST(LogLines, ANameThatIsTakenIsToldApart) {
  EXPECT_EQ(to_json(a_line("event=x level=3 level=4")),
            R"({"time":"2026-11-20T09:30:00.25Z","level":"info","logger":"net","thread":7,)"
            R"("event":"x","level_":"3"})");
}

RC_GTEST_PROP(LogLines, WhateverTheyHoldTheyAreOneJsonObjectALine, (const std::string& text)) {
  const auto json = to_json(a_line(text));
  RC_ASSERT(json.find('\n') == std::string::npos);
  const auto parsed = json::Document::parse(json);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed->root()["level"].string() == std::string_view{"info"});
}

RC_GTEST_PROP(LogLines, FieldsComeBackAsTheyWereWritten, ()) {
  const auto word = rc::gen::nonEmpty(
    rc::gen::container<std::string>(rc::gen::inRange('a', static_cast<char>('z' + 1))));
  const auto values = *rc::gen::container<std::vector<std::string>>(word);
  std::string text = "event=x";
  for (std::size_t i = 0; i < values.size(); ++i)
    text += " f" + std::to_string(i) + (i % 2 ? "=\"" + values[i] + " b\"" : "=" + values[i]);
  const auto fields = fields_of(text);
  RC_ASSERT(fields.size() == values.size() + 1);
  for (std::size_t i = 0; i < values.size(); ++i)
    RC_ASSERT(fields[i + 1].second == values[i] + (i % 2 ? " b" : ""));
}

}  // namespace
}  // namespace jobraker::operation
