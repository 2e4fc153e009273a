#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/profile/core/evidence.hpp"

namespace jobraker {
namespace {

std::string found(std::string_view text, std::string_view quote) {
  auto span = EvidenceIndex{text}.find(quote);
  return span ? std::string{text.substr(span->begin, span->end - span->begin)} : "(nothing)";
}

TEST(Evidence, IsFoundWhateverTheModelDidToCaseSpacesQuotesAndSigns) {
  std::string_view text =
    "Jane  DOE\nSenior\xC2\xA0"
    "Engineer \xE2\x80\x93 Acme\xE2\x80\x99s Labs, Z\xC3\x9CRICH\n\xE2\x80\xA2 C++ & C#";
  EXPECT_EQ(found(text, "jane doe"), "Jane  DOE");
  EXPECT_EQ(found(text, "Senior Engineer - Acme's Labs"),
            "Senior\xC2\xA0"
            "Engineer \xE2\x80\x93 Acme\xE2\x80\x99s Labs");
  EXPECT_EQ(found(text, "z\xC3\xBCrich"), "Z\xC3\x9CRICH");
  EXPECT_EQ(found(text, "Senior Engineer, Acme's Labs"),
            "Senior\xC2\xA0"
            "Engineer \xE2\x80\x93 Acme\xE2\x80\x99s Labs");
  EXPECT_EQ(found(text, "C++"), "C++");
}

TEST(Evidence, IsWholeWordsOnly) {
  EXPECT_EQ(found("JavaScript expert", "Java"), "(nothing)");
  EXPECT_EQ(found("JavaScript and Java", "Java"), "Java");
  EXPECT_EQ(found("anything", ""), "(nothing)");
  EXPECT_EQ(found("a - b", "-"), "(nothing)");
  EXPECT_EQ(found("Jane Doe", "Jane Smith"), "(nothing)");
  EXPECT_EQ(found("", "x"), "(nothing)");
}

TEST(Evidence, FindsEveryRunOfWordsOfAText) {
  static const std::vector<std::string> words = {
    "Alpha", "beta", "C++", "2019", "\xC3\x89tude", "x", "Node.js", "(a)", "\xE2\x80\xA2"};
  static const std::vector<std::string> gaps = {" ", "  ", "\n", ", ", " | "};
  EXPECT_TRUE(rc::check([] {
    auto count = *rc::gen::inRange<std::size_t>(1, 12);
    std::string text;
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (std::size_t i = 0; i < count; ++i) {
      text += i ? *rc::gen::elementOf(gaps) : "";
      auto word = *rc::gen::elementOf(words);
      places.emplace_back(text.size(), text.size() + word.size());
      text += word;
    }
    auto from = *rc::gen::inRange<std::size_t>(0, count),
         to = *rc::gen::inRange<std::size_t>(from, count);
    auto quote = text.substr(places[from].first, places[to].second - places[from].first);
    auto span = EvidenceIndex{text}.find(quote);
    if (words_of(quote).empty()) {
      RC_ASSERT(!span);
    } else {
      RC_ASSERT(span.has_value());
      RC_ASSERT(words_of(text.substr(span->begin, span->end - span->begin)) == words_of(quote));
    }
  }));
}

TEST(SupportedBy, WantsEveryWord) {
  EXPECT_TRUE(supported_by("Acme Inc", "Engineer, ACME Inc. 2019"));
  EXPECT_TRUE(supported_by("REST API", "rest apis"));
  EXPECT_FALSE(supported_by("Acme Ltd", "Engineer, ACME Inc. 2019"));
  EXPECT_FALSE(supported_by("C", "C++"));
  EXPECT_FALSE(supported_by("", "anything"));
}

}  // namespace
}  // namespace jobraker
