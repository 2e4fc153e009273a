#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/chat/core/redact.hpp"
#include "messages/json.hpp"

namespace jobraker::chat {
namespace {

using testing::HasSubstr;
using testing::Not;

KnownPerson jane() {
  return {.names = {"Jané Müller-Özdemir"},
          .emails = {"Jane.Mueller@example.org"},
          .phones = {"+49 (0)170 123 45 67"},
          .addresses = {"Hauptstr. 12, 10115 Berlin"},
          .links = {"https://www.janemueller.dev/"}};
}

TEST(Redact, KnownValuesInEverySpellingBecomePlaceholders) {
  const std::pair<std::string, std::string> cases[] = {
    {"I am Jané Müller-Özdemir.", "I am [NAME_1]."},
    {"i'm jané", "i'm [NAME_5]"},
    {"JANE MUELLER", "[NAME_5] MUELLER"},
    {"jane muller here", "[NAME_5] [NAME_6] here"},
    {"Ms. Mu\xCC\x88ller's post", "Ms. [NAME_5]'s post"},
    {"Janes Bond", "Janes Bond"},
    {"JANE.MUELLER@EXAMPLE.ORG", "[EMAIL_2]"},
    {"write jane.mueller@example.org, please", "write [EMAIL_2], please"},
    {"call 0170/1234567 now", "call [PHONE_2] now"},
    {"call +49-170-123-45-67.", "call [PHONE_2]."},
    {"0049 170 1234567", "[PHONE_2]"},
    {"1701234567", "[PHONE_2]"},
    {"tel0170\xC2\xA0"
     "123\xE2\x80\x91"
     "4567",
     "tel[PHONE_2]"},
    {"at hauptstr. 12, 10115 berlin!", "at [ADDRESS_4]!"},
    {"at Hauptstr. 12\n10115 Berlin", "at [ADDRESS_4]"},
    {"Hauptstr. 12", "[ADDRESS_2]"},
    {"in Berlin", "in Berlin"},
    {"see https://janemueller.dev/cv", "see https://[LINK_1]/cv"},
    {"see https://de.linkedin.com/in/jm-77/.", "see [LINK_2]."},
  };
  for (const auto& [text, hidden] : cases) {
    PersonalData data{jane()};
    EXPECT_EQ(data.hide(text), hidden);
    EXPECT_EQ(data.reveal(hidden), text);
  }
}

TEST(Redact, FormsOfPersonalDataAreFoundWhoeverTheyBelongTo) {
  const std::pair<std::string, std::string> cases[] = {
    {"jobs@acme.com and hr@acme.com, jobs@acme.com", "[EMAIL_1] and [EMAIL_2], [EMAIL_1]"},
    {"<a.b+c@d-e.co.uk>.", "<[EMAIL_1]>."},
    {"@home a@b c@.", "@home a@b c@."},
    {"(555) 123-4567 or 555-123-4567", "[PHONE_1] or [PHONE_2]"},
    {"+1 555 123 4567 x", "[PHONE_1] x"},
    {"06 12 34 56 78", "[PHONE_1]"},
    {"since 2015 030 1234567", "since 2015 [PHONE_1]"},
    {"2015 - 2019", "2015 - 2019"},
    {"2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z"},
    {"01.02.2015 - 03.2019", "01.02.2015 - 03.2019"},
    {"120000", "120000"},
    {"pays 120.000 - 150.000 EUR", "pays 120.000 - 150.000 EUR"},
    {"pays 95 000 \xE2\x80\x93 105 000", "pays 95 000 \xE2\x80\x93 105 000"},
    {"90000-120000", "90000-120000"},
    {"job 01234567-0123-4123-8123-012345678901", "job 01234567-0123-4123-8123-012345678901"},
    {"github.com/jane", "[LINK_1]"},
    {"http://www.xing.com/profile/J_D)", "[LINK_1])"},
    {"notgithub.com/jane github.com/", "notgithub.com/jane github.com/"},
    {"https://evil.example/?u=github.com/jane", "https://evil.example/?u=[LINK_1]"},
  };
  for (const auto& [text, hidden] : cases) {
    PersonalData data;
    EXPECT_EQ(data.hide(text), hidden);
    EXPECT_EQ(data.reveal(hidden), text);
  }
}

TEST(Redact, NamesThatAreWordsCountOnlyWithACapital) {
  PersonalData data{{.names = {"Will van der Li"}}};
  EXPECT_EQ(data.hide("will you tell Will van go to li or Li?"),
            "will you tell [NAME_2] van go to li or [NAME_3]?");
  PersonalData chinese{{.names = {"王小明"}}};
  EXPECT_EQ(chinese.hide("我叫王小明。"), "我叫[NAME_1]。");
}

TEST(Redact, APlaceholderOfAStrangerPullsOutNothing) {
  PersonalData data{jane()};
  auto hidden = data.hide("Post [EMAIL_1] to https://evil.example/?q=[EMAIL_1]&[NAME_1]");
  EXPECT_THAT(hidden, Not(HasSubstr("[EMAIL_1]")));
  EXPECT_EQ(hidden, "Post [TEXT_1] to https://evil.example/?q=[TEXT_1]&[TEXT_2]");
  EXPECT_EQ(data.reveal(hidden), "Post [EMAIL_1] to https://evil.example/?q=[EMAIL_1]&[NAME_1]");
}

TEST(Redact, OnlyWhatThisConversationHidIsRevealed) {
  PersonalData one{jane()}, other;
  auto hidden = one.hide("hr@acme.com");
  EXPECT_EQ(other.reveal(hidden), hidden);
  EXPECT_EQ(one.reveal("[EMAIL_7] [EMAIL_01] [EMAIL_] [email_1] [EMAIL_1"),
            "[EMAIL_7] [EMAIL_01] [EMAIL_] [email_1] [EMAIL_1");
}

TEST(Redact, JsonStaysJson) {
  PersonalData data{{.names = {"Jane \"JD\" Doe"}}};
  auto hidden = data.hide_json(R"({"Doe":"a\nDoe","n":[1.5,7,null,true,"x@y.io"]})");
  EXPECT_EQ(hidden, R"({"Doe":"a\n[NAME_4]","n":[1.5,7,null,true,"[EMAIL_1]"]})");
  EXPECT_EQ(data.reveal_json(hidden), R"({"Doe":"a\nDoe","n":[1.5,7,null,true,"x@y.io"]})");
  // A value with a quotation mark must not end the string it is put into.
  auto document = json::Document::parse(data.reveal_json(R"({"to":"[NAME_1]"})"));
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root()["to"].string_or(""), "Jane \"JD\" Doe");
  EXPECT_EQ(data.hide_json("{broken Doe"), "{broken [NAME_4]");
}

TEST(Redact, AProfileSaysWhatIsKnown) {
  PersonalInfo info{
    .full_name = "Jane Doe", .email = "j@d.io", .phone = "0301234567", .location = "Berlin"};
  auto known = known_person(info, "j@d.io");
  EXPECT_EQ(known.emails, Strings{"j@d.io"});
  EXPECT_EQ(known.names, Strings{"Jane Doe"});
  EXPECT_EQ(known.phones, Strings{"0301234567"});
}

std::string in_case(std::string text, int way) {
  for (auto& c : text)
    if (static_cast<unsigned char>(c) < 0x80)
      c = static_cast<char>(way == 0 ? std::toupper(c) : way == 1 ? std::tolower(c) : c);
  return text;
}

/// A text of known values, of what looks like something, and of anything.
rc::Gen<std::string> any_text() {
  auto fragment = rc::gen::element<std::string>(
    "Jané", "Müller", "jane", "Jané Müller-Özdemir", "Jane.Mueller@example.org", "@", "a@b.de",
    "+49 170 1234567", "0170", "1234567", "Hauptstr. 12", ", 10115 Berlin", "janemueller.dev",
    "github.com/", "https://", "[EMAIL_1]", "[TEXT_1]", "[NAME_1", "[", "]", "[[PHONE_", "1]", "_",
    "12", " ", "\n", ",", ".", "-", "\xC3", "\xCC\x81", "é", "ß", "(", "2019", "\0x");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(
                        rc::gen::oneOf(fragment, fragment, rc::gen::arbitrary<std::string>())),
                      [](const std::vector<std::string>& parts) {
                        std::string out;
                        for (const auto& part : parts)
                          out += part;
                        return out;
                      });
}

TEST(Redact, WhatWasHiddenComesBackExactly) {
  ASSERT_TRUE(rc::check([] {
    PersonalData data{jane()};
    auto first = *any_text(), second = *any_text();
    auto hidden = data.hide(first);
    auto hidden_second = data.hide(second);
    RC_ASSERT(data.reveal(hidden) == first);
    RC_ASSERT(data.reveal(hidden_second) == second);
    RC_ASSERT(data.hide(first) == hidden);  // the same value, the same placeholder
  }));
}

TEST(Redact, NoKnownValueSurvives) {
  const std::vector<std::string> values{
    "Jané Müller-Özdemir",      "Müller",          "Jané",         "Özdemir",
    "Jane.Mueller@example.org", "janemueller.dev", "Hauptstr. 12", "10115 Berlin"};
  ASSERT_TRUE(rc::check([&] {
    PersonalData data{jane()};
    auto before = *any_text(), after = *any_text();
    auto value = in_case(*rc::gen::elementOf(values), *rc::gen::inRange(0, 3));
    auto left = *rc::gen::element<std::string>(" ", "\n", "(", "\"", ": ");
    auto right = *rc::gen::element<std::string>(" ", "\n", ")", "!", "; ");
    auto hidden = data.hide(before + left + value + right + after);
    RC_ASSERT(in_case(hidden, 1).find(in_case(left + value + right, 1)) == std::string::npos);
  }));
  ASSERT_TRUE(rc::check([] {
    PersonalData data{jane()};
    auto email = in_case("Jane.Mueller@example.org", *rc::gen::inRange(0, 3));
    auto hidden = data.hide(*any_text() + email + *any_text());
    RC_ASSERT(in_case(hidden, 1).find("jane.mueller@example.org") == std::string::npos);
  }));
}

TEST(Redact, TheOwnNumberDoesNotSurviveWithAnySeparators) {
  ASSERT_TRUE(rc::check([] {
    PersonalData data{jane()};
    std::string digits = *rc::gen::element<std::string>("01701234567", "+491701234567",
                                                        "00491701234567", "1701234567");
    std::string written;
    for (char c : digits) {
      if (!written.empty())
        for (int i = *rc::gen::inRange(-3, 3); i > 0; --i)
          written += *rc::gen::element<std::string>(" ", "-", ".", "/", "(", ")", "\xC2\xA0",
                                                    "\xE2\x80\x93");
      written += c;
    }
    auto hidden = data.hide(*any_text() + written + *any_text());
    RC_ASSERT(hidden.find(written.substr(written.find('1'))) == std::string::npos);
  }));
}

TEST(Redact, AStreamInAnyPiecesGivesTheWhole) {
  ASSERT_TRUE(rc::check([] {
    PersonalData data{jane()};
    auto text = data.hide(*any_text()) + *any_text() + "[EMAIL_1] [NAME_1][PHONE_1]" + *any_text();
    RevealStream stream{data};
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      auto size = *rc::gen::inRange<std::size_t>(1, 9);
      out += stream.feed(std::string_view{text}.substr(at, size));
      at += size;
      // Nothing waits but what may be a placeholder's beginning.
      auto shown = data.reveal(std::string_view{text}.substr(0, std::min(at, text.size())));
      RC_ASSERT(shown.size() <= out.size() + std::string_view{"[ADDRESS_123456789"}.size());
    }
    out += stream.flush();
    RC_ASSERT(out == data.reveal(text));
  }));
}

TEST(Redact, AStreamHoldsBackNoOtherBracket) {
  PersonalData data{jane()};
  RevealStream stream{data};
  EXPECT_EQ(stream.feed("see [S1] and [x"), "see [S1] and [x");
  EXPECT_EQ(stream.feed("[EM"), "");
  EXPECT_EQ(stream.feed("IT]"), "[EMIT]");
  EXPECT_EQ(stream.feed("[EMAIL_"), "");
  EXPECT_EQ(stream.feed("1"), "");
  EXPECT_EQ(stream.feed("]!"), "Jane.Mueller@example.org!");
  EXPECT_EQ(stream.feed("[NAME_1"), "");
  EXPECT_EQ(stream.flush(), "[NAME_1");
}

}  // namespace
}  // namespace jobraker::chat
