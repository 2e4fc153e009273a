#include "actors/jobs/core/place.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker {
namespace {

struct Case {
  const char* text;
  const char* city;
  const char* region;
  const char* country;
  Workplace workplace = Workplace::unknown;
  const char* hint = "";
};

TEST(ParsePlace, ReadsPlacesAsSourcesWriteThem) {
  constexpr auto remote = Workplace::remote;
  const Case cases[] = {
    {"Berlin, Germany", "Berlin", "Berlin", "DE"},
    {"Berlin", "Berlin", "Berlin", "DE"},
    {"10115 Berlin, Deutschland", "Berlin", "Berlin", "DE"},
    {"München", "Munich", "Bavaria", "DE"},
    {"US, NY, New York", "New York", "New York", "US"},
    {"New York, NY", "New York", "New York", "US"},
    {"New York, NY, United States", "New York", "New York", "US"},
    {"New York NY", "New York", "New York", "US"},
    {"NYC", "New York", "New York", "US"},
    {"US, CA, San Francisco Bay Area", "San Francisco", "California", "US"},
    {"San Francisco, CA", "San Francisco", "California", "US"},
    {"CA, ON, Toronto", "Toronto", "Ontario", "CA"},
    {"CA, BC, Vancouver", "Vancouver", "British Columbia", "CA"},
    {"Toronto, Canada", "Toronto", "Ontario", "CA"},
    {"London, Ontario", "London", "Ontario", "CA"},
    {"London, UK (Hybrid)", "London", "England", "GB", Workplace::hybrid},
    {"London", "London", "England", "GB"},
    {"GB, LND, London", "London", "England", "GB"},
    {"GB, , West Yorkshire", "", "West Yorkshire", "GB"},
    {"Cambridge, MA", "Cambridge", "Massachusetts", "US"},
    {"Cambridge", "Cambridge", "England", "GB"},
    {"Birmingham, AL", "Birmingham", "Alabama", "US"},
    {"Atlanta, Georgia", "Atlanta", "Georgia", "US"},
    {"Tbilisi, Georgia", "Tbilisi", "", "GE"},
    {"Batumi, Georgia", "Batumi", "", "GE"},
    {"US, GA, Atlanta", "Atlanta", "Georgia", "US"},
    {"Remote - US", "", "", "US", remote},
    {"Remote, USA", "", "", "US", remote},
    {"Remote", "", "", "", remote},
    {"USA Only", "", "", "US"},
    {"Anywhere in the World", "", "", "", remote},
    {"Remote (Germany)", "", "", "DE", remote},
    {"CH, , Work from home", "", "", "CH", remote},
    {"US, , ", "", "", "US"},
    {"AU, VIC, Melbourne", "Melbourne", "Victoria", "AU"},
    {"AU, , Australia ", "", "", "AU"},
    {"DE, HH, Hamburg", "Hamburg", "Hamburg", "DE"},
    {"GR, I, Athens", "Athens", "", "GR"},
    {"IE, L, Dublin", "Dublin", "", "IE"},
    {"NZ, N, Auckland", "Auckland", "", "NZ"},
    {"IN, TN, Chennai", "Chennai", "Tamil Nadu", "IN"},
    {"SG, , ", "", "", "SG"},
    {"Singapore", "Singapore", "", "SG"},
    {"40 Marshal Bagramian Ave., Yerevan, Armenia", "Yerevan", "", "AM"},
    {"Almaty, Kazakhstan", "Almaty", "", "KZ"},
    {"Florida, USA", "", "Florida", "US"},
    {"Headquarters, Silver Spring, MD, USA", "Silver Spring", "Maryland", "US"},
    {"Springfield, IL", "Springfield", "Illinois", "US"},
    {"Guildford, Surrey", "Guildford", "Surrey", "GB"},
    {"Munich or Vienna", "Munich", "Bavaria", "DE"},
    {"Zürich, Schweiz", "Zurich", "", "CH"},
    {"São Paulo, Brasil", "São Paulo", "", "BR"},
    {"Washington, DC", "Washington", "District of Columbia", "US"},
    {"Birmingham, Alabama, Alabama; Los Angeles, California, California", "Birmingham", "Alabama",
     "US"},
    {"Ghana", "", "", "GH"},
    {"US, NY, Wards Island", "Wards Island", "New York", "US"},
    {"US, NC, Aberdeen ", "Aberdeen", "North Carolina", "US"},
    {"GB, LND, Notting Hill", "Notting Hill", "", "GB"},
    {"TW, TPQ, ", "", "", "TW"},
    {"IREX Armenia Main Office", "", "", "AM"},
    {"Likely the United Kingdom", "", "", "GB"},
    {"Yerevan with extensive travel", "Yerevan", "", "AM"},
    {"Victoria", "Victoria", "British Columbia", "CA", Workplace::unknown, "ca"},
    {"Newcastle", "Newcastle", "New South Wales", "AU", Workplace::unknown, "au"},
    {"", "", "", ""},
    {"Nowhere in particular", "", "", ""},
  };
  for (const auto& c : cases) {
    auto place = parse_place(c.text, c.hint);
    EXPECT_EQ(place, (Place{c.city, c.region, c.country, c.workplace}))
      << c.text << " -> city '" << place.city << "' region '" << place.region << "' country '"
      << place.country << "' " << name_of(place.workplace);
  }
}

TEST(PlaceOfArea, ReadsAdzunasAreas) {
  EXPECT_EQ(place_of_area({"UK", "South East England", "Surrey", "Guildford"}, "gb"),
            (Place{"Guildford", "South East England", "GB"}));
  EXPECT_EQ(place_of_area({"UK", "London"}, "gb"), (Place{"London", "England", "GB"}));
  EXPECT_EQ(place_of_area({"US", "New York", "New York City", "Manhattan"}, "us").city, "New York");
  EXPECT_EQ(place_of_area({"Deutschland", "Bayern"}, "de"), (Place{"", "Bayern", "DE"}));
  EXPECT_EQ(place_of_area({"UK"}, "gb"), (Place{"", "", "GB"}));
  EXPECT_EQ(place_of_area({}, "gb"), Place{});
}

TEST(CountryCode, KnowsNamesCodesAndAbbreviations) {
  for (auto [name, code] : {std::pair{"Deutschland", "DE"},
                            {"UK", "GB"},
                            {"uk", "GB"},
                            {"us", "US"},
                            {"United States of America", "US"},
                            {"Türkiye", "TR"},
                            {"Czech Republic", "CZ"},
                            {"côte d'ivoire", "CI"},
                            {"Cote d'Ivoire", "CI"},
                            {"XX", ""},
                            {"", ""}})
    EXPECT_EQ(country_code(name), code) << name;
}

TEST(ParsePlace, NamesOnlyRealCountriesWhateverTheText) {
  ASSERT_TRUE(rc::check([] {
    auto parts =
      *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
        "CA", "Georgia", "London", "Remote", ", ",   "; ",    " - ",  "US",     "Berlin", "(", ")",
        "/",  "NY",      "IN",     "\n",     "Köln", "10115", " or ", "Hybrid", "\xFF",   "DE"}));
    std::string s;
    for (auto& part : parts)
      s += part;
    auto place = parse_place(s);
    RC_ASSERT(place.country.empty() || country_code(place.country) == place.country);
  }));
}

}  // namespace
}  // namespace jobraker
