#include "actors/jobs/core/salary.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker {
namespace {

struct Case {
  const char* text;
  const char* country;
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
  const char* currency;
};

TEST(YearlySalary, ReadsWhatPostingsSay) {
  const auto none = std::nullopt;
  const Case cases[] = {
    {"£45k–55k per annum", "GB", 45000, 55000, "GBP"},
    {"£45-55k", "GB", 45000, 55000, "GBP"},
    {"£45,000 - £55,000", "GB", 45000, 55000, "GBP"},
    {"$35.52 to $52.16 an hour", "US", 73882, 108493, "USD"},
    {"$120,000 – $150,000 a year", "US", 120000, 150000, "USD"},
    {"$120K-$150K", "CA", 120000, 150000, "CAD"},
    {"60.000 - 75.000 € brutto pro Jahr", "DE", 60000, 75000, "EUR"},
    {"45 000 – 55 000 € par an", "FR", 45000, 55000, "EUR"},
    {"4.500 € monatlich", "DE", 54000, 54000, "EUR"},
    {"250 USD equivalent in AMD per month (net)", "AM", 3000, 3000, "USD"},
    {"900 $ in a month + relocation package + social\npackage + bonus", "AM", 10800, 10800, "USD"},
    {"€500 per day", "NL", 130000, 130000, "EUR"},
    {"£800 a week", "GB", 41600, 41600, "GBP"},
    {"20000-28000", "", 20000, 28000, ""},
    {"20000-28000", "GB", 20000, 28000, "GBP"},
    {"35000-100000", "US", 35000, 100000, "USD"},
    {"up to £50,000 per annum", "GB", none, 50000, "GBP"},
    {"from €60,000 per year", "DE", 60000, none, "EUR"},
    {"$100,000+ per year", "US", 100000, none, "USD"},
    {"12 LPA", "IN", 1200000, 1200000, "INR"},
    {"CHF 110'000 - 130'000 per year", "CH", 110000, 130000, "CHF"},
    {"Competitive", "GB", none, none, ""},
    {"Negotiable", "AM", none, none, ""},
    {"Unpaid", "US", none, none, ""},
    {"NA", "AM", none, none, ""},
    {"", "GB", none, none, ""},
    {"401(k) match", "US", none, none, ""},
  };
  for (const auto& c : cases) {
    RawSalary raw;
    raw.text = c.text;
    auto salary = yearly_salary(raw, c.country);
    EXPECT_EQ(salary.min, c.min) << c.text;
    EXPECT_EQ(salary.max, c.max) << c.text;
    if (c.min || c.max) {
      EXPECT_EQ(salary.currency, c.currency) << c.text;
    } else {
      EXPECT_EQ(salary.dropped, "") << c.text;
    }
  }
}

TEST(YearlySalary, DropsWhatItWouldHaveToGuessAndSaysWhy) {
  for (auto [text, why] :
       {std::pair{"50-110", "does not say"},
        {"9-Dec", "spreadsheet"},
        {"0-0", "zero"},
        {"$ 450 USD", "does not say"},
        {"Starting from $100", "does not say"},
        {"$5 per year", "plausible"},
        {"10-50000", "too wide"},
        {"$900,000 per hour", "plausible"},
        {"Minimum $120 + bonus :( depending on the\nperformance)", "does not say"}}) {
    RawSalary raw;
    raw.text = text;
    auto salary = yearly_salary(raw, "US");
    EXPECT_FALSE(salary.min || salary.max) << text;
    EXPECT_NE(salary.dropped.find(why), std::string::npos) << text << ": " << salary.dropped;
  }
}

TEST(YearlySalary, PrefersFiguresToWords) {
  RawSalary raw{
    .min = 7000, .max = 5000, .text = "$1 a year", .currency = "eur", .period = PayPeriod::month};
  EXPECT_EQ(yearly_salary(raw, "US"), (YearlySalary{60000, 84000, "EUR", ""}));
}

TEST(YearlySalary, KeepsTheLowerEndBelowTheUpperAndPositive) {
  ASSERT_TRUE(rc::check([] {
    RawSalary raw;
    raw.min = *rc::gen::inRange(-1000, 500000);
    raw.max = *rc::gen::inRange(-1000, 500000);
    raw.period =
      *rc::gen::element(PayPeriod::unknown, PayPeriod::hour, PayPeriod::month, PayPeriod::year);
    raw.currency = *rc::gen::element("USD", "JPY", "", "EUR");
    auto salary = yearly_salary(raw, "US");
    RC_ASSERT(!salary.min || *salary.min > 0);
    RC_ASSERT(!salary.min || !salary.max || *salary.min <= *salary.max);
    RC_ASSERT(salary.dropped.empty() || (!salary.min && !salary.max));
  }));
}

TEST(SalaryIn, FindsPayInProseAndNothingElse) {
  auto pay = [](const char* text) {
    auto raw = salary_in(text);
    return raw ? yearly_salary(*raw, "US") : YearlySalary{};
  };
  EXPECT_EQ(pay("About us.\nThe base salary range is $120,000 - $150,000 plus equity."),
            (YearlySalary{120000, 150000, "USD", ""}));
  EXPECT_EQ(pay("Pay: £15.50 per hour"), (YearlySalary{32240, 32240, "GBP", ""}));
  EXPECT_EQ(pay("We raised $50 million and serve 10,000 customers."), YearlySalary{});
  EXPECT_EQ(pay("You will manage a budget of $200,000."), YearlySalary{});
  EXPECT_EQ(pay("5-7 years of experience; base in Berlin"), YearlySalary{});
}

}  // namespace
}  // namespace jobraker
