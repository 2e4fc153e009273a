#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "actors/profile/core/resume_dates.hpp"

namespace jobraker {
namespace {

TEST(ResumeDates, ReadTheSpellingsOfResumes) {
  struct Case {
    const char* text;
    ResumeDate date;
  };
  const Case cases[] = {{"2019-03", {2019, 3}},          {"03/2018", {2018, 3}},
                        {"3.2018", {2018, 3}},           {"Jan 2019", {2019, 1}},
                        {"January, 2019", {2019, 1}},    {"Sept. '19", {2019, 9}},
                        {"dec 98", {1998, 12}},          {"2019", {2019, 0}},
                        {"2019-03-15", {2019, 3}},       {"15.03.2019", {2019, 3}},
                        {"03/15/2019", {2019, 3}},       {"15 March 2019", {2019, 3}},
                        {"March 15th, 2019", {2019, 3}}, {"janvier 2019", {2019, 1}},
                        {"M\xC3\xA4rz 2020", {2020, 3}}, {"f\xC3\xA9vr. 2020", {2020, 2}},
                        {"enero de 2021", {2021, 1}},    {"Summer 2020", {2020, 0}},
                        {"Q3 2020", {2020, 7}},          {"03/'18", {2018, 3}},
                        {"present", {0, 0, true}},       {"Today", {0, 0, true}},
                        {"heute", {0, 0, true}},         {"\xC3\xA0 ce jour", {0, 0, true}},
                        {"pr\xC3\xA9sent", {0, 0, true}}};
  for (const auto& c : cases) {
    auto date = parse_resume_date(c.text);
    ASSERT_TRUE(date) << c.text;
    EXPECT_EQ(*date, c.date) << c.text << " gave " << date->year << "-" << date->month;
  }
}

TEST(ResumeDates, RefuseWhatIsNoDate) {
  for (const char* text : {"", "soon", "1850", "2500", "13/2019", "3", "May", "2019-2020-2021-2022",
                           "12345", "May be", "99999999999999999999"})
    EXPECT_FALSE(parse_resume_date(text)) << text;
}

TEST(MonthsCovered, CountsNoMonthTwice) {
  EXPECT_EQ(months_covered({}), 0);
  EXPECT_EQ(months_covered({{0, 11}}), 12);
  EXPECT_EQ(months_covered({{0, 11}, {6, 17}}), 18);
  EXPECT_EQ(months_covered({{0, 11}, {3, 4}}), 12);
  EXPECT_EQ(months_covered({{0, 0}, {5, 5}, {9, 2}}), 2);
  EXPECT_EQ(months_covered({{-3, -1}}), 3);
}

TEST(MonthsCovered, IsTheSizeOfTheUnion) {
  EXPECT_TRUE(rc::check([] {
    auto pairs = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(-50, 50), rc::gen::inRange(-50, 50)));
    std::vector<MonthSpan> spans;
    std::set<int> months;
    for (auto [a, b] : pairs) {
      spans.push_back({a, b});
      for (int m = a; m <= b; ++m)
        months.insert(m);
    }
    RC_ASSERT(months_covered(spans) == static_cast<int>(months.size()));
  }));
}

}  // namespace
}  // namespace jobraker
