#include "tools/ctl/text.hpp"

#include <gtest/gtest.h>

#include "tests/ctl/bytes.hpp"

namespace jobraker::ctl {
namespace {

TEST(Text, CleanTextIsShownAndNeverObeyed) {
  ASSERT_TRUE(rc::check([] {
    auto text = clean(*wild_text());
    RC_ASSERT(!obeyed(text));
    RC_ASSERT(text.find('\n') == std::string::npos);
    RC_ASSERT(is_utf8(text));
    RC_ASSERT(clean(text) == text);
  }));
}

TEST(Text, WhatIsHarmlessStaysAsItIs) {
  for (auto text :
       {"", "plain", "Müller & Söhne", "日本語", "naïve café", "🚀 to the moon", "a\\x1b"})
    EXPECT_EQ(clean(text), text);
}

TEST(Text, WhatATerminalWouldObeyIsSpeltOut) {
  EXPECT_EQ(clean("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(clean("a\xC2\x9B"
                  "31mb"),
            "a\\x9b31mb");
  EXPECT_EQ(clean("a\rb"), "a\\x0db");
  EXPECT_EQ(clean("two\nlines\tand"), "two lines and");
  EXPECT_EQ(clean("abc\xE2\x80\xAE"
                  "txt.exe"),
            "abc\\u202etxt.exe");
  EXPECT_EQ(clean("\xF3\xA0\x81\x81"), "\\U000e0041");
  EXPECT_EQ(clean("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(clean(std::string_view{"a\0b", 3}), "a\\x00b");
  std::string marks = "a";
  for (int i = 0; i < 50; ++i)
    marks += "\xCC\x81";
  EXPECT_EQ(clean(marks).size(), 1 + 4 * 2);
}

TEST(Text, WidthsAreThoseOfATerminal) {
  EXPECT_EQ(width(""), 0);
  EXPECT_EQ(width("abc"), 3);
  EXPECT_EQ(width("Müller"), 6);
  EXPECT_EQ(width("日本語"), 6);
  EXPECT_EQ(width("e\xCC\x81"), 1);
  EXPECT_EQ(width("🚀"), 2);
  EXPECT_EQ(width("░█…–µ"), 5);
}

TEST(Text, FittedTextFitsAndKeepsItsEnds) {
  ASSERT_TRUE(rc::check([] {
    auto text = clean(*wild_text());
    auto columns = *rc::gen::inRange<std::size_t>(0, 40);
    auto cut = *rc::gen::element(Cut::end, Cut::middle);
    auto fitted = fit(text, columns, cut);
    RC_ASSERT(width(fitted) <= columns);
    RC_ASSERT(is_utf8(fitted));
    if (width(text) <= columns)
      RC_ASSERT(fitted == text);
    else if (columns > 0)
      RC_ASSERT(fitted.find("…") != std::string::npos);
    RC_ASSERT(fit(text, unlimited, cut) == text);
  }));
  EXPECT_EQ(fit("abcdefgh", 5), "abcd…");
  EXPECT_EQ(fit("/users/019a5b1e", 9, Cut::middle), "/use…5b1e");
  EXPECT_EQ(fit("日本語", 4), "日…");
}

TEST(Text, PaddedTextHasTheWidthItIsPaddedTo) {
  ASSERT_TRUE(rc::check([] {
    auto text = clean(*wild_text());
    auto columns = *rc::gen::inRange<std::size_t>(0, 40);
    auto expected = std::max(columns, width(text));
    RC_ASSERT(width(pad_right(text, columns)) == expected);
    RC_ASSERT(width(pad_left(text, columns)) == expected);
  }));
}

TEST(Text, WrappedTextFitsAndLosesNothingButBlanks) {
  ASSERT_TRUE(rc::check([] {
    auto text = clean(*wild_text());
    auto columns = *rc::gen::inRange<std::size_t>(2, 60);
    auto indent = *rc::gen::inRange<std::size_t>(0, 10);
    auto wrapped = wrap(text, columns, indent);
    std::string_view rest = wrapped;
    while (!rest.empty()) {
      auto end = std::min(rest.find('\n'), rest.size());
      RC_ASSERT(width(rest.substr(0, end)) <= columns);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    auto solid = [](std::string all) {
      std::erase_if(all, [](char c) { return c == ' ' || c == '\n'; });
      return all;
    };
    RC_ASSERT(solid(wrapped) == solid(text));
  }));
  EXPECT_EQ(wrap("one two three four", 9, 0), "one two\nthree\nfour");
}

TEST(Text, HarmlessJsonIsTheSameValue) {
  ASSERT_TRUE(rc::check([] {
    auto text = *wild_text();
    json::Writer w;
    w.begin_object().member("a", std::string_view{text}).end_object();
    auto before = json::Document::parse(w.text());
    RC_PRE(before.has_value());
    auto shown = harmless_json(w.text());
    RC_ASSERT(!obeyed(shown));
    auto after = json::Document::parse(shown);
    RC_ASSERT(after.has_value());
    RC_ASSERT(after->root()["a"].string_or("") == before->root()["a"].string_or(""));
  }));
  EXPECT_EQ(harmless_json("\"\x7f\xC2\x9B\""), "\"\\u007f\\u009b\"");
}

}  // namespace
}  // namespace jobraker::ctl
