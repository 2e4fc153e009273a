#include "actors/interviews/core/news.hpp"

#include <gtest/gtest.h>

namespace jobraker::interviews {
namespace {

using namespace std::chrono_literals;

Interview interview() {
  Interview i;
  i.company = "Acme GmbH";
  i.job_title = "Welder";
  i.starts_at = *parse_rfc3339("2026-11-20T09:00:00Z");
  i.ends_at = i.starts_at + 30min;
  i.location = "Hall 3";
  return i;
}

TEST(News, IsWhatTheOtherSideNeedsToKnow) {
  auto before = interview();
  auto after = before;
  EXPECT_EQ(news_of(before, after), News::none);
  after.notes = "Bring a pen.";
  after.time_zone = "Asia/Tokyo";
  ++after.version;
  EXPECT_EQ(news_of(before, after), News::none);
  after.location = "Hall 4";
  EXPECT_EQ(news_of(before, after), News::place);
  after.ends_at += 1min;
  EXPECT_EQ(news_of(before, after), News::moved);
  after.status = InterviewStatus::rescheduled;
  EXPECT_EQ(news_of(before, after), News::moved);
  after.status = InterviewStatus::done;
  EXPECT_EQ(news_of(before, after), News::done);
  after.status = InterviewStatus::cancelled;
  EXPECT_EQ(news_of(before, after), News::cancelled);
  EXPECT_EQ(news_of(after, after), News::none);
}

TEST(News, IsSaidInWords) {
  auto before = interview();
  auto after = before;
  after.starts_at += 24h;
  after.ends_at += 24h;
  auto booked = words_for(News::booked, before, before, "Europe/Berlin");
  EXPECT_EQ(booked.title, "Interview booked: Welder, Acme GmbH");
  EXPECT_EQ(booked.text, "Fri 20 Nov 2026, 10:00 to 10:30 (Europe/Berlin). Place: Hall 3");
  auto moved = words_for(News::moved, before, after, "");
  EXPECT_EQ(moved.title, "Interview moved: Welder, Acme GmbH");
  EXPECT_EQ(moved.text, "Sat 21 Nov 2026, 09:00 to 09:30 (UTC); it was Fri 20 Nov 2026, 09:00 to "
                        "09:30 (UTC). Place: Hall 3");
  auto gone = words_for(News::cancelled, before, after, "");
  EXPECT_EQ(gone.title, "Interview cancelled: Welder, Acme GmbH");
  EXPECT_EQ(gone.text, "Sat 21 Nov 2026, 09:00 to 09:30 (UTC).");
  after.job_title.clear();
  EXPECT_EQ(words_for(News::done, before, after, "").title, "Interview done: Acme GmbH");
  after.company.clear();
  EXPECT_EQ(words_for(News::place, before, after, "").title, "Interview at another place");
}

}  // namespace
}  // namespace jobraker::interviews
