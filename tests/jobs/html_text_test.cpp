#include "actors/jobs/core/html_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

struct Case {
  const char* html;
  const char* text;
};

TEST(HtmlToText, MakesMarkupReadable) {
  const Case cases[] = {
    {"<p>We build <b>trading</b> systems.</p><p>Join us</p>",
     "We build trading systems.\n\nJoin us"},
    {"<ul><li>C++</li><li><p>Rust</p></li></ul>Bye", "- C++\n- Rust\n\nBye"},
    {"one<br>two<br/>three", "one\ntwo\nthree"},
    {"<div>a</div><div>b</div>", "a\nb"},
    {"<table><tr><th>Day</th><th>Pay</th></tr><tr><td>Mon</td><td>10</td></tr></table>",
     "Day | Pay\nMon | 10"},
    {"<p title=\"a > b\" class='x'>quoted</p>", "quoted"},
    {"see <a href='https://x.example'>our page</a>", "see our page"},
    {"a<script>alert('x < y')</script>b<style>p{}</style>c", "abc"},
    {"a<!-- hidden --> b", "a b"},
    {"Salary &pound;40k &ndash; &#163;50k &amp; more&nbsp;!", "Salary £40k – £50k & more !"},
    {"C++ <strong>Engineer</strong>", "C++ Engineer"},
    {"&lt;p&gt;Hello &amp;amp; welcome&lt;/p&gt;", "Hello & welcome"},
    {"This. &amp;lt;p&amp;gt;Any HTML&amp;lt;/p&amp;gt;", "This. \n\nAny HTML"},
    {"plain text, pay < 50k and 3 > 2", "plain text, pay < 50k and 3 > 2"},
    {"• one\n• two", "- one\n- two"},
    {"<p>unclosed <b>bold <i>both", "unclosed bold both"},
    {"<p>K\xC3\xB6ln</p>", "Köln"},
    {"", ""},
    {"<p>  </p>", ""},
  };
  for (const auto& c : cases) {
    auto expected = text::replace_all(c.text, ". \n", ".\n");
    EXPECT_EQ(html_to_text(c.html), expected) << c.html;
  }
}

TEST(HtmlToText, KeepsTheLinesOfPlainText) {
  EXPECT_EQ(html_to_text("Duties:\n\n\n\n- one\n-  two  \r\nend", false),
            "Duties:\n\n- one\n- two\nend");
}

TEST(HtmlToText, IsCutOnACharactersEdge) { EXPECT_EQ(html_to_text("aäää", true, 4), "aä"); }

TEST(HtmlToText, SurvivesAbsurdNesting) {
  std::string deep;
  for (int i = 0; i < 50'000; ++i)
    deep += "<div><b>";
  auto out = html_to_text(deep + "found &amp; kept");
  EXPECT_EQ(out, "found & kept");
}

TEST(HtmlToText, GivesValidTextWithoutControlsForAnyBytes) {
  ASSERT_TRUE(rc::check([](const std::string& bytes) {
    auto out = html_to_text("<p>" + bytes);
    RC_ASSERT(text::valid_utf8(out));
    for (char c : out)
      RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
  }));
}

TEST(HtmlToText, ChangesNothingOnTheSecondPassOverPlainWords) {
  ASSERT_TRUE(rc::check([] {
    auto words = *rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string{"abcxyz,;?"}))));
    std::string s;
    for (auto& word : words)
      s += word + (word.size() % 3 == 0 ? "\n" : " ");
    auto once = html_to_text(s, false);
    RC_ASSERT(html_to_text(once, false) == once);
  }));
}

TEST(UnescapeHtml, ReplacesOnceAndOnlyEntities) {
  EXPECT_EQ(unescape_html("&amp;lt; &#x41;&#66; &bogus; & &#0;"), "&lt; AB &bogus; & &#0;");
}

}  // namespace
}  // namespace jobraker
