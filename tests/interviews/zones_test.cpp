#include "actors/interviews/core/zones.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "actors/interviews/core/local_times.hpp"

namespace jobraker::interviews {
namespace {

using namespace std::chrono_literals;

Time at(std::string_view text) {
  auto time = parse_rfc3339(text);
  if (!time)
    throw std::invalid_argument(std::string{text});
  return *time;
}

/// Moments from 1971 to 2097.
rc::Gen<Time> moments() {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(31'536'000, 4'000'000'000),
                      [](std::int64_t seconds) { return Time{std::chrono::seconds{seconds}}; });
}

rc::Gen<std::string> zones() {
  return rc::gen::element<std::string>("Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                                       "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati",
                                       "Africa/Casablanca", "Asia/Tokyo", "UTC", "");
}

TEST(Zones, AreThere) {
  ASSERT_TRUE(prepare_zones());
  for (auto* name : {"Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", "Asia/Calcutta"})
    EXPECT_TRUE(is_zone(name)) << name;
  for (auto* name : {"", "Europe/berlin", "Berlin", "../etc/passwd", "/etc/localtime", "Europe/",
                     "Europe", "Mars/Phobos", "posixrules ", "Europe/Berlin\n"})
    EXPECT_FALSE(is_zone(name)) << name;
}

TEST(Zones, ClocksGoForwardAndBack) {
  struct Case {
    const char* utc;
    const char* zone;
    const char* local;
  };
  const Case cases[] = {
    {"2026-03-29T00:59:59Z", "Europe/Berlin", "2026-03-29T01:59:59+01:00"},
    {"2026-03-29T01:00:00Z", "Europe/Berlin", "2026-03-29T03:00:00+02:00"},
    {"2026-10-25T00:30:00Z", "Europe/Berlin", "2026-10-25T02:30:00+02:00"},
    {"2026-10-25T01:30:00Z", "Europe/Berlin", "2026-10-25T02:30:00+01:00"},
    {"2026-03-08T06:59:00Z", "America/New_York", "2026-03-08T01:59:00-05:00"},
    {"2026-03-08T07:00:00Z", "America/New_York", "2026-03-08T03:00:00-04:00"},
    {"2026-07-01T12:00:00Z", "Asia/Kathmandu", "2026-07-01T17:45:00+05:45"},
    {"2026-01-01T12:00:00Z", "America/St_Johns", "2026-01-01T08:30:00-03:30"},
    {"2026-04-04T15:15:00Z", "Australia/Lord_Howe", "2026-04-05T01:45:00+10:30"},
    {"2026-12-31T10:00:00Z", "Pacific/Kiritimati", "2027-01-01T00:00:00+14:00"},
    {"2026-12-31T10:00:00.25Z", "UTC", "2026-12-31T10:00:00.25+00:00"},
    {"2026-12-31T10:00:00Z", "", "2026-12-31T10:00:00+00:00"},
    {"1890-01-01T00:00:00Z", "Europe/Berlin", "1890-01-01T00:53:00+00:53"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(local_rfc3339(at(c.utc), c.zone), c.local);
}

TEST(Zones, WallTimesAreReadInTheirZone) {
  struct Case {
    const char* text;
    const char* zone;
    const char* utc;
  };
  const Case cases[] = {
    {"2026-11-20T10:00", "Europe/Berlin", "2026-11-20T09:00:00Z"},
    {"2026-11-20T10:00:30", "Europe/Berlin", "2026-11-20T09:00:30Z"},
    {"2026-07-20T10:00", "Europe/Berlin", "2026-07-20T08:00:00Z"},
    {"2026-07-20 10:00", "America/New_York", "2026-07-20T14:00:00Z"},
    {"2026-07-20T10:00:00Z", "Europe/Berlin", "2026-07-20T10:00:00Z"},
    {"2026-07-20T10:00:00-03:00", "", "2026-07-20T13:00:00Z"},
    {"2026-10-25T02:30:00+02:00", "Europe/Berlin", "2026-10-25T00:30:00Z"},
    {"2026-10-25T02:30:00+01:00", "Europe/Berlin", "2026-10-25T01:30:00Z"},
  };
  for (const auto& c : cases) {
    auto time = read_moment(c.text, c.zone);
    ASSERT_TRUE(time) << c.text;
    EXPECT_EQ(to_rfc3339(*time), c.utc) << c.text;
  }
}

TEST(Zones, WhatIsNoMomentSaysWhy) {
  struct Case {
    const char* text;
    const char* zone;
    const char* part;
  };
  const Case cases[] = {
    {"2026-03-29T02:30", "Europe/Berlin", "skipped"},
    {"2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"},
    {"2026-11-20T10:00", "", "no offset"},
    {"2026-11-20T10:00", "Mars/Phobos", "Mars/Phobos"},
    {"2026-11-20", "Europe/Berlin", "must be a time"},
    {"", "Europe/Berlin", "must be a time"},
    {"tomorrow at ten", "Europe/Berlin", "must be a time"},
    {"2026-11-31T10:00", "Europe/Berlin", "must be a time"},
    {"2026-11-20T25:00", "Europe/Berlin", "must be a time"},
    {"2026-11-20T10", "Europe/Berlin", "must be a time"},
    {"2026-11-20T10:00+01:00[Europe/Berlin]", "Europe/Berlin", "must be a time"},
  };
  for (const auto& c : cases) {
    auto time = read_moment(c.text, c.zone);
    ASSERT_FALSE(time) << c.text;
    EXPECT_EQ(time.error().code, Errc::invalid);
    EXPECT_NE(time.error().detail.find(c.part), std::string::npos) << time.error().detail;
  }
}

RC_GTEST_PROP(Zones, LocalTimesNameTheirMoment, ()) {
  auto time = *moments();
  auto zone = *zones();
  auto text = local_rfc3339(time, zone);
  RC_ASSERT(parse_rfc3339(text) == time);
  RC_ASSERT(*read_moment(text, "Asia/Tokyo") == time);
}

RC_GTEST_PROP(Zones, AWallTimeThatComesOnceIsItsMoment, ()) {
  auto time = *moments();
  auto zone = *rc::gen::nonEmpty(zones());
  auto wall = local_rfc3339(time, zone).substr(0, 19);
  // One that clocks show is never skipped; it may be shown twice.
  auto read = read_moment(wall, zone);
  if (read)
    RC_ASSERT(*read == time);
  else
    RC_ASSERT(read.error().detail.find("twice") != std::string::npos);
}

TEST(Zones, SpansAreSaidInWords) {
  EXPECT_EQ(in_words(at("2026-11-20T09:00:00Z"), at("2026-11-20T09:30:00Z"), "Europe/Berlin"),
            "Fri 20 Nov 2026, 10:00 to 10:30 (Europe/Berlin)");
  EXPECT_EQ(in_words(at("2026-12-31T23:30:00Z"), at("2027-01-01T00:15:00Z"), ""),
            "Thu 31 Dec 2026, 23:30 to 00:15 (UTC)");
  EXPECT_EQ(in_words(at("2026-12-31T23:30:00Z"), at("2027-01-01T00:15:00Z"), "Asia/Tokyo"),
            "Fri 1 Jan 2027, 08:30 to 09:15 (Asia/Tokyo)");
  // The clocks go back in between.
  EXPECT_EQ(in_words(at("2026-10-25T00:45:00Z"), at("2026-10-25T01:15:00Z"), "Europe/Berlin"),
            "Sun 25 Oct 2026, 02:45 to 02:15 (Europe/Berlin)");
}

TEST(LocalTimes, AreInTheZoneAskedForOrOnesOwn) {
  Slot slot;
  slot.starts_at = at("2026-11-20T09:00:00Z");
  slot.ends_at = at("2026-11-20T09:30:00Z");
  show_in(slot, "");
  EXPECT_EQ(slot.time_zone, "UTC");
  EXPECT_EQ(slot.starts_at_local, "2026-11-20T09:00:00+00:00");
  slot.time_zone = "Europe/Berlin";
  show_in(slot, "");
  EXPECT_EQ(slot.starts_at_local, "2026-11-20T10:00:00+01:00");
  show_in(slot, "Asia/Tokyo");
  EXPECT_EQ(slot.time_zone, "Asia/Tokyo");
  EXPECT_EQ(slot.starts_at_local, "2026-11-20T18:00:00+09:00");
  EXPECT_EQ(slot.ends_at_local, "2026-11-20T18:30:00+09:00");
}

}  // namespace
}  // namespace jobraker::interviews
