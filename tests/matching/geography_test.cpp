#include <gtest/gtest.h>

#include "actors/matching/core/geography.hpp"

namespace jobraker::matching {
namespace {

TEST(Geography, ReadsPlacesAsPeopleWriteThem) {
  struct Case {
    const char* text;
    const char* country;
    const char* city;
    bool remote;
  };
  const Case cases[] = {
    {"Berlin, Germany", "DE", "berlin", false},
    {"München", "DE", "munich", false},
    {"10115 Berlin", "DE", "berlin", false},
    {"Remote", "", "", true},
    {"Remote (Germany)", "DE", "", true},
    {"Remote - US", "US", "", true},
    {"Germany", "DE", "", false},
    {"Deutschland", "DE", "", false},
    {"Austin, TX", "US", "austin", false},
    {"Los Angeles, CA", "US", "los angeles", false},
    {"Toronto, ON, Canada", "CA", "toronto", false},
    {"Berlin, DE", "DE", "berlin", false},
    {"UK", "GB", "", false},
    {"London, England, United Kingdom", "GB", "london", false},
    {"São Paulo", "BR", "sao paulo", false},
    {"Singapore", "SG", "singapore", false},
    {"Springfield, IL", "US", "springfield", false},
    {"Hauptstr. 5, 10115 Berlin, Germany", "DE", "berlin", false},
    {"Smallville", "", "smallville", false},
    {"", "", "", false},
  };
  for (const auto& c : cases) {
    auto place = read_place(c.text);
    EXPECT_EQ(code_of(place.country), c.country) << c.text;
    EXPECT_EQ(place.city, fold_key(c.city)) << c.text;
    EXPECT_EQ(place.remote, c.remote) << c.text;
  }
}

TEST(Geography, ReadsWorkAuthorisations) {
  struct Case {
    const char* text;
    const char* allowed;  // nullptr: not said
    const char* not_allowed;
  };
  const Case cases[] = {
    {"EU citizen", "DE", "US"},
    {"German citizen", "FR", "GB"},
    {"US Green Card", "US", "DE"},
    {"Authorized to work in the US", "US", "CA"},
    {"British passport", "GB", "FR"},
    {"Right to work in the UK, no sponsorship required", "GB", "IE"},
    {"Work permit for Germany", "DE", "FR"},
    {"Requires visa sponsorship in Germany", nullptr, nullptr},
    {"please ask us", nullptr, nullptr},
    {"", nullptr, nullptr},
  };
  for (const auto& c : cases) {
    auto set = read_authorization(c.text);
    ASSERT_EQ(set.has_value(), c.allowed != nullptr) << c.text;
    if (!set)
      continue;
    EXPECT_TRUE(set->test(country_of_code(c.allowed))) << c.text;
    EXPECT_FALSE(set->test(country_of_code(c.not_allowed))) << c.text;
  }
}

TEST(Geography, SpellingsOfOneNameShareAKey) {
  EXPECT_EQ(fold_key("São Paulo"), fold_key("sao-paulo"));
  EXPECT_EQ(fold_words("C++ / C# (Größe)"), "c++ c# grosse");
  EXPECT_EQ(fold_key("  - "), 0u);
  EXPECT_EQ(fold_words("\xff\xfe broken"), fold_words("\xff\xfe broken"));
  EXPECT_EQ(code_of(country_of_code("uk")), "GB");
  EXPECT_EQ(country_of_code("D1"), 0);
  EXPECT_EQ(currency_of(country_of_code("CH")), currency_of_code("chf"));
}

}  // namespace
}  // namespace jobraker::matching
