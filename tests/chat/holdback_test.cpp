#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/chat/core/holdback.hpp"

namespace jobraker::chat {
namespace {

/// Words and sentences in several scripts; long words and none at all among them.
rc::Gen<std::string> any_answer() {
  auto word = rc::gen::element<std::string>("a", "word", "Satz", "naïve", "слово",
                                            "\xF0\x9F\x98\x80", "言葉", "。", ".", "! ", "? ", ". ",
                                            " ", " ", "\n\n", "averyverylongwordwithoutanyend");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(word),
                      [](const std::vector<std::string>& words) {
                        std::string out;
                        for (const auto& w : words)
                          out += w;
                        return out;
                      });
}

rc::Gen<HoldBackOptions> any_options() {
  return rc::gen::apply(
    [](std::size_t first, std::size_t least, std::size_t more, std::size_t overlap) {
      return HoldBackOptions{.first_min = first,
                             .span_min = least,
                             .span_max = std::max(first, least) + 8 + more,
                             .overlap = overlap};
    },
    rc::gen::inRange<std::size_t>(1, 20), rc::gen::inRange<std::size_t>(1, 40),
    rc::gen::inRange<std::size_t>(0, 40), rc::gen::inRange<std::size_t>(0, 30));
}

bool whole_characters(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    auto c = static_cast<unsigned char>(text[at]);
    std::size_t length = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 0;
    if (length == 0 || at + length > text.size())
      return false;
    at += length;
  }
  return true;
}

std::vector<std::string> pieces(const std::string& text, std::mt19937_64& random,
                                std::size_t most = 12) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    auto size = 1 + random() % most;
    out.push_back(text.substr(at, size));
    at += size;
  }
  return out;
}

std::vector<ModerationSpan> all_spans(HoldBack& hold) {
  std::vector<ModerationSpan> out;
  while (auto span = hold.wants())
    out.push_back(*span);
  return out;
}

TEST(HoldBack, SpansEndWithSentencesOrWordsAndRepeatTheEndBefore) {
  HoldBack hold{{.first_min = 5, .span_min = 10, .span_max = 24, .overlap = 4}};
  hold.add("One. Two three four. Five six seven eightnineteneleventwelve thirteen");
  hold.flush();
  auto spans = all_spans(hold);
  std::vector<std::string> texts;
  for (const auto& span : spans)
    texts.push_back(span.text);
  EXPECT_EQ(texts, (std::vector<std::string>{"One. Two three four.", "our. Five six seven",
                                             "even eightnineteneleventwelv", "welve thirteen"}));
  EXPECT_EQ(hold.release(), "");
  hold.verdict(false);
  EXPECT_EQ(hold.release(), "One. Two three f");  // the rest is part of the next span
  hold.verdict(false);
  EXPECT_EQ(hold.release(), "our. Five six s");
  hold.verdict(true);
  EXPECT_EQ(hold.release(), "");
  EXPECT_TRUE(hold.flagged());
  EXPECT_TRUE(hold.finished());
}

TEST(HoldBack, TheFirstWordsComeSoon) {
  HoldBack hold{};
  hold.add(std::string(30, 'a') + ". " + std::string(20, 'b') + ". " + std::string(40, 'c'));
  auto first = hold.wants();
  ASSERT_TRUE(first);
  EXPECT_LT(first->text.size(), 60U);
  EXPECT_FALSE(hold.wants());
}

TEST(HoldBack, WithoutModerationTextPassesAtOnceInWholeCharacters) {
  HoldBack hold{{.moderate = false}};
  hold.add("gr\xC3");
  EXPECT_EQ(hold.release(), "gr");
  EXPECT_FALSE(hold.wants());
  hold.add("\xBC\xC3\x9F");
  EXPECT_EQ(hold.release(), "\xC3\xBC\xC3\x9F");
  hold.add("\xF0\x9F\x98");
  EXPECT_EQ(hold.release(), "");
  EXPECT_FALSE(hold.finished());
  hold.flush();
  EXPECT_EQ(hold.release(), "\xF0\x9F\x98");
  EXPECT_TRUE(hold.finished());
}

TEST(HoldBack, AVerdictNobodyWaitsForChangesNothing) {
  HoldBack hold{};
  hold.verdict(true);
  EXPECT_FALSE(hold.flagged());
  hold.add("x");
  hold.verdict(false);
  EXPECT_EQ(hold.release(), "");
  hold.flush();
  ASSERT_TRUE(hold.wants());
  hold.verdict(false);
  EXPECT_EQ(hold.release(), "x");
  EXPECT_TRUE(hold.finished());
}

TEST(HoldBack, SpansTileTheTextWithTheirOverlapsHoweverItCame) {
  ASSERT_TRUE(rc::check([] {
    auto text = *any_answer();
    auto options = *any_options();
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    HoldBack whole{options}, cut{options};
    whole.add(text);
    whole.flush();
    auto expected = all_spans(whole);
    std::vector<ModerationSpan> got;
    for (const auto& piece : pieces(text, random)) {
      cut.add(piece);
      for (auto& span : all_spans(cut))
        got.push_back(span);
    }
    cut.flush();
    for (auto& span : all_spans(cut))
      got.push_back(span);
    RC_ASSERT(got.size() == expected.size());
    std::size_t end = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      const auto& span = got[i];
      RC_ASSERT(span.text == expected[i].text);
      RC_ASSERT(span.number == static_cast<std::int64_t>(i + 1));
      RC_ASSERT(span.fresh == end);
      RC_ASSERT(span.text == text.substr(span.begin, span.end - span.begin));
      RC_ASSERT(span.begin + std::min(options.overlap, span.fresh) <= span.fresh);
      RC_ASSERT(span.fresh - span.begin <= options.overlap + 3);
      RC_ASSERT(span.end > span.fresh && span.end - span.fresh <= options.span_max);
      RC_ASSERT(whole_characters(span.text));
      end = span.end;
    }
    RC_ASSERT(end == text.size());
  }));
}

TEST(HoldBack, OnlyClearedTextBeforeEveryFlaggedSpanIsEverReleased) {
  ASSERT_TRUE(rc::check([] {
    auto text = *any_answer();
    auto options = *any_options();
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    auto flag_one_in = 1 + random() % 12;
    HoldBack hold{options};
    std::deque<ModerationSpan> out;
    std::string released;
    std::size_t cleared = 0;
    bool flagged = false;
    auto take = [&] {
      auto more = hold.release();
      RC_ASSERT(whole_characters(more));
      released += more;
      RC_ASSERT(released == text.substr(0, released.size()));
      RC_ASSERT(released.size() <= cleared);
    };
    auto judge = [&] {
      auto span = out.front();
      out.pop_front();
      bool bad = random() % flag_one_in == 0;
      hold.verdict(bad);
      if (bad && !flagged) {
        flagged = true;
        // Nothing of it had been seen, and nothing will be.
        RC_ASSERT(released.size() <= span.begin);
        cleared = std::min(cleared, span.begin);
      }
      if (!flagged)
        cleared = span.end;
    };
    for (const auto& piece : pieces(text, random)) {
      hold.add(piece);
      for (auto steps = random() % 5; steps > 0; --steps) {
        auto choice = random() % 3;
        if (choice == 0)
          if (auto span = hold.wants())
            out.push_back(*span);
        if (choice == 1 && !out.empty())
          judge();
        if (choice == 2)
          take();
      }
    }
    hold.flush();
    while (auto span = hold.wants())
      out.push_back(*span);
    while (!out.empty())
      judge();
    take();
    RC_ASSERT(hold.finished());
    RC_ASSERT(hold.flagged() == flagged);
    RC_ASSERT(hold.release().empty());
    if (!flagged)
      RC_ASSERT(released == text);
  }));
}

TEST(HoldBack, LittleIsHeldWhileVerdictsArePrompt) {
  ASSERT_TRUE(rc::check([] {
    auto text = *any_answer();
    auto options = *any_options();
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    HoldBack hold{options};
    for (const auto& piece : pieces(text, random)) {
      hold.add(piece);
      while (hold.wants())
        hold.verdict(false);
      hold.release();
      RC_ASSERT(hold.held() <= options.span_max + options.overlap + 3);
    }
  }));
}

TEST(HoldBack, ALongAnswerDoesNotGrowInMemoryAndLosesNothing) {
  HoldBack hold{};
  std::string all, released;
  for (int i = 0; i < 4000; ++i) {
    auto sentence = "Sentence number " + std::to_string(i) + " is grün. ";
    all += sentence;
    hold.add(sentence);
    while (hold.wants())
      hold.verdict(false);
    released += hold.release();
  }
  hold.flush();
  while (hold.wants())
    hold.verdict(false);
  released += hold.release();
  EXPECT_EQ(released, all);
}

}  // namespace
}  // namespace jobraker::chat
