#include "tools/analytics/trade.hpp"

#include <gmock/gmock.h>

namespace jobraker::analytics {
namespace {

using testing::HasSubstr;

TEST(Trades, TheBuiltInTableKnowsCommonTitles) {
  const auto trades = Trades::built_in();
  ASSERT_TRUE(trades.has_value()) << trades.error().detail;
  const std::pair<std::string_view, std::string_view> cases[] = {
    {"Senior Backend Engineer (m/f/d)", "software"},
    {"Softwareentwickler C++", "software"},
    {"Développeur Full-Stack", "software"},
    {"Data Engineer", "data"},
    {"Machine-Learning Researcher", "data"},
    {"IT Support Specialist", "support"},
    {"Registered Nurse - ICU", "care"},
    {"Gesundheits- und Krankenpfleger/in", "care"},
    {"NURSING HOME MANAGER", "care"},
    {"Oberarzt Innere Medizin", "medicine"},
    {"Primary School Teacher", "teaching"},
    {"Paralegal", "law"},
    {"Product Owner", "product"},
    {"UX/UI Designer", "design"},
    {"Mechanical Engineer", "engineering"},
    {"Account Executive, DACH", "sales"},
    {"Content Marketing Manager", "marketing"},
    {"HR Business Partner", "people"},
    {"Technical Recruiter", "people"},
    {"Senior Accountant", "finance"},
    {"LKW-Fahrer", "logistics"},
    {"Delivery Driver", "logistics"},
    {"Elektroniker für Betriebstechnik", "crafts"},
    {"Sous Chef", "hospitality"},
    {"Chief Executive Officer", "management"},
    {"Office Clerk", "office"},
    {"Wizard of Light Bulb Moments", "other"},
    {"", "other"},
    {"职位", "other"},
  };
  for (const auto& [title, trade] : cases)
    EXPECT_EQ(trades->of(title), trade) << title;
}

TEST(Trades, WordsMatchAsTheyAreWritten) {
  const auto trades = Trades::parse("# a comment\n"
                                    "\n"
                                    "first: two words, *end, begin*\r\n"
                                    "  second : whole, *mid*  \n"
                                    "third: whole word, 3d\n");
  ASSERT_FALSE(trades.has_value()) << "a blank before the colon";
  const auto good = Trades::parse("# a comment\n"
                                  "\n"
                                  "first: two words, *end, begin*\r\n"
                                  "second: whole, *mid*  \n"
                                  "third: whole word, 3d\n");
  ASSERT_TRUE(good.has_value()) << good.error().detail;
  const std::pair<std::string_view, std::string_view> cases[] = {
    {"Two Words", "first"},       {"of TWO-WORDS!", "first"},
    {"two other words", "other"}, {"two", "other"},
    {"weekend", "first"},         {"endless", "other"},
    {"beginner", "first"},        {"abegin", "other"},
    {"the whole", "second"},      {"wholesale", "other"},
    {"amidst", "second"},         {"mid", "second"},
    {"whole word", "second"},     {"3D", "third"},
    {"whole beginner", "first"},  {"nothing of this", "other"}};
  for (const auto& [title, trade] : cases)
    EXPECT_EQ(good->of(title), trade) << title;
}

TEST(Trades, WhatIsNotUnderstoodIsNamed) {
  const std::pair<std::string_view, std::string_view> cases[] = {
    {"", "no trade"},
    {"# only a comment", "no trade"},
    {"care: nurse\nno colon here", "line 2"},
    {": nurse", "line 1"},
    {"care:", "comma"},
    {"care: nurse,, carer", "comma"},
    {"care: Nurse", "small words"},
    {"care: nu*rse", "small words"},
    {"care: *", "small words"}};
  for (const auto& [text, words] : cases) {
    const auto trades = Trades::parse(text);
    ASSERT_FALSE(trades.has_value()) << text;
    EXPECT_THAT(trades.error().detail, HasSubstr(std::string{words})) << text;
  }
}

}  // namespace
}  // namespace jobraker::analytics
