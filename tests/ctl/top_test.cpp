#include "tools/ctl/top.hpp"

#include <gtest/gtest.h>

#include "tests/ctl/bytes.hpp"

namespace jobraker::ctl {
namespace {

std::string figures(int rows = 1) {
  std::string text =
    R"({"type":"figures","at":"2026-11-20T09:30:00Z","totals":{"actors":7,"running":1,"mailbox":2,"messages":50,"rate":3.5,"failures":0,"restarts":0},)"
    R"("kinds":[{"kind":"user","actors":3,"mailbox":0,"rate":1,"busy_us_per_s":120}],"rows":[)";
  for (int i = 0; i < rows; ++i)
    text += (i > 0 ? "," : "") + std::string{R"({"path":"/users/)"} + std::to_string(i) +
            R"(","kind":"user","state":"idle"})";
  return text + R"(],"total":)" + std::to_string(rows) + "}";
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(Top, AsksForWhatIsWatched) {
  TopQuery query;
  query.path = "/users";
  query.q = "a\"b";
  EXPECT_EQ(
    watch_frame(query),
    R"({"type":"watch","query":{"path":"/users","q":"a\"b","sort":"busy","limit":100},"interval_ms":1000})");
}

TEST(Top, ShowsTheLastFigures) {
  Top top{"http://a", {}};
  EXPECT_NE(top.screen({}, 20).find("waiting for the first figures"), std::string::npos);
  EXPECT_EQ(top.hear(figures()), TopAct::draw);
  EXPECT_FALSE(top.has_rates());
  top.hear(figures(2));
  EXPECT_TRUE(top.has_rates());
  EXPECT_EQ(top.last(), figures(2));
  auto text = top.screen({}, 20);
  for (auto part :
       {"http://a", "7 actors  1 running  2 wait  50 messages, 3.5/s", "/users/0", "/users/1"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(Top, KeysOrderFilterHoldAndEnd) {
  Top top{"http://a", {}};
  top.hear(figures());
  auto sort = top.query().sort;
  EXPECT_EQ(top.keys("s"), TopAct::ask_again);
  EXPECT_NE(top.query().sort, sort);
  for (std::size_t i = 1; i < actor_sorts().size(); ++i)
    top.keys("s");
  EXPECT_EQ(top.query().sort, sort);
  EXPECT_EQ(top.keys("r"), TopAct::ask_again);
  EXPECT_EQ(top.query().order, "asc");
  top.keys("r");
  EXPECT_EQ(top.query().order, "desc");
  EXPECT_EQ(top.keys("/us\x7ftats\r"), TopAct::ask_again);
  EXPECT_EQ(top.query().q, "utats");
  EXPECT_EQ(top.keys("/q\x1b"), TopAct::draw) << "a q that is typed does not end it";
  EXPECT_EQ(top.query().q, "utats");
  EXPECT_EQ(top.keys("k"), TopAct::draw);
  EXPECT_NE(top.screen({}, 20).find("BUSY/S"), std::string::npos);
  EXPECT_EQ(top.keys(" "), TopAct::draw);
  EXPECT_EQ(top.hear(figures(5)), TopAct::nothing);
  EXPECT_NE(top.screen({}, 20).find("HELD"), std::string::npos);
  EXPECT_EQ(top.keys("?"), TopAct::draw);
  EXPECT_NE(top.screen({}, 20).find("page up"), std::string::npos);
  EXPECT_EQ(top.keys("q"), TopAct::quit);
  EXPECT_EQ(top.keys("sq"), TopAct::quit);
}

TEST(Top, ArrowsScroll) {
  Top top{"http://a", {}};
  top.hear(figures(50));
  EXPECT_NE(top.screen({}, 10).find("/users/0 "), std::string::npos);
  top.keys("\x1b[B\x1b[B");
  EXPECT_EQ(top.screen({}, 10).find("/users/0 "), std::string::npos);
  EXPECT_NE(top.screen({}, 10).find("/users/2 "), std::string::npos);
  top.keys("\x1b[6~\x1b[6~\x1b[6~\x1b[6~");
  EXPECT_NE(top.screen({}, 10).find("/users/49"), std::string::npos);
  top.keys("\x1b[H");
  EXPECT_NE(top.screen({}, 10).find("/users/0 "), std::string::npos);
}

TEST(Top, AlarmsStandAboveUntilTheyAreOver) {
  Top top{"http://a", {}};
  top.hear(
    R"({"type":"alarm","alarm":{"id":"a1","kind":"long_handler","path":"/x","detail":"for 2 s","level":"critical"}})");
  top.hear(
    R"({"type":"alarm","alarm":{"id":"a1","kind":"long_handler","path":"/x","detail":"for 3 s","level":"critical"}})");
  auto text = top.screen({}, 20);
  EXPECT_EQ(text.find("for 2 s"), std::string::npos);
  EXPECT_NE(text.find("! critical long_handler /x: for 3 s"), std::string::npos) << text;
  top.hear(R"({"type":"alarm_over","id":"a1"})");
  EXPECT_EQ(top.screen({}, 20).find("for 3 s"), std::string::npos);
}

TEST(Top, AnyFramesAndKeysGiveAPictureThatFits) {
  ASSERT_TRUE(rc::check([] {
    Top top{clean(*wild_text()), {}};
    for (auto n = *rc::gen::inRange(0, 12); n > 0; --n) {
      json::Writer w;
      w.begin_object().member("type", "alarm").key("alarm").begin_object();
      w.member("id", static_cast<std::int64_t>(n)).member("detail", std::string_view{*wild_text()});
      w.end_object().end_object();
      top.hear(*rc::gen::oneOf(wild_text(), rc::gen::just(figures(n)), rc::gen::just(w.text())));
      top.keys(*wild_text());
      top.keys(*rc::gen::element<std::string>("s", "/", "k", "?", " ", "\x1b[B", "\x1b[", "\r"));
      Look look;
      look.columns = *rc::gen::inRange<std::size_t>(10, 120);
      auto lines = *rc::gen::inRange<std::size_t>(1, 30);
      auto text = top.screen(look, lines);
      RC_ASSERT(!obeyed(text));
      RC_ASSERT(lines_of(text) <= lines);
    }
  }));
}

}  // namespace
}  // namespace jobraker::ctl
