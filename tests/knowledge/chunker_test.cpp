#include "actors/knowledge/core/chunker.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "actors/llm/core/tokens.hpp"
#include "messages/json.hpp"

namespace jobraker::knowledge {
namespace {

using llm::estimate_tokens;

std::string without_space(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\f')
      out.push_back(c);
  return out;
}

std::string sentences(int count, const std::string& word = "word") {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += "This is " + word + " number " + std::to_string(i) + " of a longer text. ";
  return text;
}

std::vector<std::string> titles(const std::vector<Passage>& passages) {
  std::vector<std::string> list;
  for (auto& passage : passages)
    list.push_back(passage.title);
  return list;
}

bool valid_utf8(const std::string& text) {
  json::Writer writer;
  writer.begin_array().value(std::string_view{text}).end_array();
  return json::Document::parse(writer.text()).has_value();
}

using Titles = std::vector<std::string>;

TEST(Chunker, LeavesAShortTextWhole) {
  auto passages = split_text("Pay", "  Ask for more.\n\nThen wait.\n");
  ASSERT_EQ(passages.size(), 1u);
  EXPECT_EQ(passages[0], (Passage{"Pay", "Ask for more.\n\nThen wait.", 0}));
}

TEST(Chunker, ATextOfNothingIsItsTitle) {
  for (const char* text : {"", " ", "\n\n \t\n"})
    EXPECT_EQ(split_text("Pay", text), (std::vector<Passage>{{"Pay", "Pay", 0}}));
}

TEST(Chunker, CutsAtHeadingsAndNamesThem) {
  auto passages =
    split_text("Pay", "# Pay\n\n## Bonus ##\n\n" + sentences(12, "bonus") + "\n\n## Raise\n\n" +
                        sentences(12, "raise") + "\n\n### When\n\n" + sentences(12, "when") +
                        "\n\n# End\n\n" + sentences(12, "end"));
  EXPECT_EQ(titles(passages),
            (Titles{"Pay › Bonus", "Pay › Raise", "Pay › Raise › When", "Pay › End"}));
  EXPECT_TRUE(passages[1].text.starts_with("## Raise\n\nThis is raise number 0"));
  EXPECT_EQ(passages[1].text.find("bonus"), std::string::npos) << "no overlap across headings";
}

TEST(Chunker, PutsShortSectionsTogetherUnderWhatTheyShare) {
  std::string text = "# Benefits\n";
  for (const char* name : {"Food", "Rent", "Travel"})
    text += "## " + std::string{name} + "\nA little.\n";
  auto passages = split_text("Guide", text);
  EXPECT_EQ(titles(passages), Titles{"Guide › Benefits"});
}

TEST(Chunker, HeadingsInCodeAreNone) {
  auto text = "Run this:\n```\n# not a heading\n```\n" + sentences(3);
  EXPECT_EQ(titles(split_text("T", text)), Titles{"T"});
  EXPECT_EQ(titles(split_text("T", "#hashtag and ####### seven\n")), Titles{"T"});
  EXPECT_EQ(titles(split_text("T", "#\n\ntext")), Titles{"T"});
}

TEST(Chunker, RepeatsTheLastSentenceOfTheSameSection) {
  auto passages = split_text("T", sentences(60));
  ASSERT_GT(passages.size(), 2u);
  for (std::size_t i = 1; i < passages.size(); ++i) {
    auto repeated = passages[i].text.substr(0, passages[i].repeated);
    EXPECT_GT(repeated.size(), 10u);
    EXPECT_TRUE(repeated.starts_with("This is")) << "whole sentences: " << repeated;
    EXPECT_TRUE(passages[i - 1].text.ends_with(
      without_space(repeated).empty() ? repeated : repeated.substr(0, repeated.size() - 1)));
    EXPECT_LE(estimate_tokens(repeated), PassageSizes{}.overlap);
    EXPECT_TRUE(passages[i].text.ends_with("."));
  }
}

TEST(Chunker, CutsWhatHasNoPlaceToCut) {
  for (std::string unit : {"a", "ä", "漢", "🦊"}) {
    std::string text;
    while (text.size() < 9000)
      text += unit;
    auto passages = split_text("T", text);
    EXPECT_GT(passages.size(), 3u);
    for (auto& passage : passages) {
      EXPECT_LE(estimate_tokens(passage.text), PassageSizes{}.most);
      EXPECT_EQ(passage.text.size() % unit.size(), 0u);
    }
  }
}

TEST(Chunker, ChineseSentencesNeedNoSpace) {
  std::string text;
  for (int i = 0; i < 60; ++i)
    text += "这是一个关于工资谈判的句子。";
  auto passages = split_text("T", text);
  ASSERT_GT(passages.size(), 2u);
  for (auto& passage : passages)
    EXPECT_TRUE(passage.text.ends_with("。"));
}

/// Texts of everything that means something to the splitter, and of what does not.
rc::Gen<std::string> texts() {
  auto part = rc::gen::element<std::string>(
    "# One\n", "## Two\n", "### Three ###\n", "\n", "\n\n", "- item of a list\n", "1. first\n",
    "```\n", "> quoted\n", "A sentence that says something. ", "Short! ", "Really? ", "e.g. this ",
    "Überraschung für äußerst größere Leute… ", "这是一个句子。", "🦊🦊🦊 ", "| a | b |\n", "word ",
    "averyveryverylongwordthatgoesonandonandonwithoutanyspaceatall", "#", "~~~\n", "\t", "\r\n",
    "An even longer sentence, with commas, that goes on for a while, as such do. ");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(part),
                      [](std::vector<std::string> parts) {
                        std::string text;
                        for (int again = 0; again < 6; ++again)
                          for (auto& p : parts)
                            text += p;
                        return text;
                      });
}

RC_GTEST_PROP(ChunkerProperty, LosesNothingAndAddsNothing, ()) {
  auto text = *texts();
  std::string together;
  for (auto& passage : split_text("T", text))
    together += passage.text.substr(passage.repeated);
  if (without_space(text).empty())
    RC_ASSERT(together == "T");
  else
    RC_ASSERT(without_space(together) == without_space(text));
}

RC_GTEST_PROP(ChunkerProperty, KeepsToTheSizes, ()) {
  auto text = *texts();
  auto least = *rc::gen::inRange<std::int64_t>(10, 150);
  PassageSizes sizes{least, least + *rc::gen::inRange<std::int64_t>(16, 200),
                     *rc::gen::inRange<std::int64_t>(0, 60)};
  auto passages = split_text("T", text, sizes);
  for (std::size_t i = 0; i < passages.size(); ++i) {
    RC_ASSERT(estimate_tokens(passages[i].text) <= sizes.most);
    // Space around a passage counts while it is filled, and is taken off then.
    if (i + 1 < passages.size())
      RC_ASSERT(estimate_tokens(passages[i].text) >= sizes.least / 2);
    RC_ASSERT(estimate_tokens(passages[i].text.substr(0, passages[i].repeated)) <= sizes.overlap);
    RC_ASSERT(passages[i].repeated < passages[i].text.size());
  }
}

RC_GTEST_PROP(ChunkerProperty, WhatIsRepeatedWasSaidJustBefore, ()) {
  auto text = *texts();
  auto passages = split_text("T", text);
  for (std::size_t i = 1; i < passages.size(); ++i) {
    auto repeated = without_space(passages[i].text.substr(0, passages[i].repeated));
    RC_ASSERT(without_space(passages[i - 1].text).ends_with(repeated));
  }
}

RC_GTEST_PROP(ChunkerProperty, CutsBetweenCharacters, ()) {
  for (auto& passage : split_text("T", *texts())) {
    RC_ASSERT(valid_utf8(passage.text));
    RC_ASSERT(valid_utf8(passage.title));
    RC_ASSERT(passage.title.starts_with("T"));
  }
}

RC_GTEST_PROP(ChunkerProperty, TakesAnyBytes, ()) {
  auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  std::string text;
  for (int i = 0; i < 40; ++i)
    text += bytes;
  std::string together;
  for (auto& passage : split_text("", text))
    together += passage.text.substr(passage.repeated);
  RC_ASSERT(without_space(together) == without_space(text));
}

}  // namespace
}  // namespace jobraker::knowledge
