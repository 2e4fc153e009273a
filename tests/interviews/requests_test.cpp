#include "actors/interviews/core/requests.hpp"

#include <gtest/gtest.h>

namespace jobraker::interviews {
namespace {

using Pointers = std::vector<std::string>;

template <class T>
Pointers problems_of(const Result<T>& result) {
  Pointers pointers;
  if (!result)
    for (const auto& problem : result.error().fields)
      pointers.push_back(problem.pointer);
  return pointers;
}

Span span(std::string_view from, std::string_view to) {
  return {*parse_rfc3339(from), *parse_rfc3339(to)};
}

TEST(Requests, SlotsAreReadInTheirZone) {
  OfferSlots offer;
  offer.slots = {{"2026-11-20T10:00", "2026-11-20T10:30"},
                 {"2026-11-20T12:00:00Z", "2026-11-20T13:30:00+01:00"}};
  offer.time_zone = "Europe/Berlin";
  auto spans = read_spans(offer);
  ASSERT_TRUE(spans);
  EXPECT_EQ(*spans, (std::vector<Span>{span("2026-11-20T09:00:00Z", "2026-11-20T09:30:00Z"),
                                       span("2026-11-20T12:00:00Z", "2026-11-20T12:30:00Z")}));
}

TEST(Requests, EachWrongTimeIsNamed) {
  OfferSlots offer;
  EXPECT_EQ(problems_of(read_spans(offer)), Pointers{"/slots"});
  offer.slots = {{"2026-11-20T10:00:00Z", "2026-11-20T10:30"}, {"nonsense", "2026-11-20T10:30"}};
  EXPECT_EQ(problems_of(read_spans(offer)),
            (Pointers{"/slots/0/ends_at", "/slots/1/starts_at", "/slots/1/ends_at"}));
  offer.time_zone = "Europe/Berlin";
  EXPECT_EQ(problems_of(read_spans(offer)), Pointers{"/slots/1/starts_at"});
  offer.time_zone = "Berlin";
  EXPECT_EQ(problems_of(read_spans(offer)), Pointers{"/time_zone"});
  offer.time_zone = "";
  EXPECT_EQ(problems_of(read_spans(offer)), Pointers{"/time_zone"});
}

TEST(Requests, AnInterviewIsInASlotOrHasATime) {
  ScheduleInterview wanted;
  EXPECT_EQ(problems_of(read_span(wanted)), (Pointers{"/starts_at", "/ends_at"}));
  wanted.starts_at = "2026-11-20T10:00";
  wanted.time_zone = "Asia/Tokyo";
  EXPECT_EQ(problems_of(read_span(wanted)), Pointers{"/ends_at"});
  wanted.ends_at = "2026-11-20T11:00";
  EXPECT_EQ(read_span(wanted).value(), span("2026-11-20T01:00:00Z", "2026-11-20T02:00:00Z"));
  wanted.slot_id = SlotId::fresh();
  EXPECT_EQ(problems_of(read_span(wanted)), Pointers{"/slot_id"});
  wanted.starts_at.reset();
  wanted.ends_at.reset();
  EXPECT_EQ(read_span(wanted).value(), std::nullopt);
  wanted.time_zone = "Tokyo";
  EXPECT_EQ(problems_of(read_span(wanted)), Pointers{"/time_zone"});
}

TEST(Requests, AChangeNamesBothEndsOrNone) {
  ChangeInterview change;
  EXPECT_EQ(read_span(change).value(), std::nullopt);
  change.ends_at = "2026-11-20T11:00:00Z";
  EXPECT_EQ(problems_of(read_span(change)), Pointers{"/starts_at"});
  change.starts_at = "2026-11-20T10:00:00Z";
  EXPECT_EQ(read_span(change).value(), span("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z"));
  change.slot_id = SlotId::fresh();
  EXPECT_EQ(problems_of(read_span(change)), Pointers{"/slot_id"});
}

TEST(Requests, AZoneIsOneOrNotNamed) {
  EXPECT_TRUE(check_zone(std::nullopt));
  EXPECT_TRUE(check_zone("America/New_York"));
  EXPECT_FALSE(check_zone(""));
  EXPECT_FALSE(check_zone("EST5EDT4"));
}

}  // namespace
}  // namespace jobraker::interviews
