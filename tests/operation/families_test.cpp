#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "actors/operation/core/application_families.hpp"
#include "actors/operation/core/dependency_families.hpp"
#include "actors/operation/core/event_families.hpp"
#include "actors/operation/core/family.hpp"
#include "actors/operation/core/schedule_families.hpp"

namespace jobraker::operation {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MetricFamilies, AreWrittenAsPrometheusReadsThem) {
  Families families;
  Family::counter(families, "a_total", "What only grows.").add(std::uint64_t{7}, {{"kind", "x"}});
  Family::gauge(families, "b", "What comes and goes.").add(0.25);
  EXPECT_EQ(to_text(families), "# HELP a_total What only grows.\n# TYPE a_total counter\n"
                               "a_total{kind=\"x\"} 7\n"
                               "# HELP b What comes and goes.\n# TYPE b gauge\nb 0.25\n");
}

TEST(MetricFamilies, WithoutAMetricAreAnnounced) {
  Families families;
  Family::gauge(families, "nothing", "Not there yet.");
  EXPECT_EQ(to_text(families), "# HELP nothing Not there yet.\n# TYPE nothing gauge\n");
}

TEST(MetricFamilies, WhateverALabelHoldsTheTextKeepsItsLines) {
  Families families;
  Family::gauge(families, "a", "Text.").add(1.0, {{"of", "two\nlines \"quoted\" \\"}});
  EXPECT_THAT(to_text(families), HasSubstr("a{of=\"two\\nlines \\\"quoted\\\" \\\\\"} 1\n"));
}

RC_GTEST_PROP(MetricFamilies, DistributionsAreCumulativeAndEndWithAll, ()) {
  const auto counts =
    *rc::gen::container<std::vector<std::uint64_t>>(5, rc::gen::inRange<std::uint64_t>(0, 1000));
  Families families;
  Family::histogram(families, "h_seconds", "Times.")
    .add(Distribution{{0.1, 0.5, 1, 5}, counts, 12.5});
  const auto& histogram = families.at(0).metric.at(0).histogram;
  RC_ASSERT(histogram.bucket.size() == 4U);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    sum += counts[i];
    RC_ASSERT(histogram.bucket[i].cumulative_count == sum);
  }
  RC_ASSERT(histogram.sample_count == sum + counts[4]);
  RC_ASSERT(histogram.sample_sum == 12.5);
}

TEST(EventFamilies, SayWhatWaitsAndWhoIsBehind) {
  EventReading events;
  events.leading = true;
  events.told = 12;
  events.consumers.push_back({"matching-postings", 10, 1, 2, 3, 4, {{"job-posted", 5}}});
  Families families;
  add_families(families, events);
  add_families(families, OutboxReading{6, 1.5});
  const auto text = to_text(families);
  for (const char* line : {
         "jobraker_outbox_leading 1\n",
         "jobraker_outbox_published_events_total 12\n",
         "jobraker_outbox_unpublished_events 6\n",
         "jobraker_outbox_oldest_unpublished_age_seconds 1.5\n",
         "jobraker_consumer_handled_events_total{consumer=\"matching-postings\"} 10\n",
         "jobraker_consumer_repeated_events_total{consumer=\"matching-postings\"} 1\n",
         "jobraker_consumer_failed_attempts_total{consumer=\"matching-postings\"} 2\n",
         "jobraker_consumer_dead_letters_total{consumer=\"matching-postings\"} 3\n",
         "jobraker_consumer_waiting_events{consumer=\"matching-postings\"} 4\n",
         "jobraker_consumer_lag_events{consumer=\"matching-postings\",topic=\"job-posted\"} 5\n",
       })
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(EventFamilies, TopicsWithoutDeadLettersAreZero) {
  Families families;
  add_dead_letters(families, {{"match-found", 2}});
  const auto text = to_text(families);
  EXPECT_THAT(text, HasSubstr("jobraker_dead_letters{topic=\"match-found\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_dead_letters{topic=\"job-posted\"} 0\n"));
}

TEST(ApplicationFamilies, HaveEveryState) {
  Families families;
  add_applications(families, {{"submitted", 3}});
  const auto text = to_text(families);
  EXPECT_THAT(text, HasSubstr("jobraker_applications{state=\"submitted\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_applications{state=\"needs_input\"} 0\n"));
}

TEST(ApplicationFamilies, HaveEveryReasonToBeStuck) {
  Families families;
  add_stuck(families, {{"in_doubt", 2}});
  const auto text = to_text(families);
  EXPECT_THAT(text, HasSubstr("jobraker_applications_stuck{reason=\"in_doubt\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_applications_stuck{reason=\"overdue\"} 0\n"));
}

TEST(ScheduleFamilies, TellRunsFailuresAndLateness) {
  Families families;
  add_schedules(families, {{"jobs.refresh", 12, 3, 0}, {"jobs.expire", 4, 0, 75.5}});
  const auto text = to_text(families);
  EXPECT_THAT(text, HasSubstr("jobraker_schedule_runs_total{schedule=\"jobs.refresh\"} 12\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_schedule_failures_total{schedule=\"jobs.refresh\"} 3\n"));
  EXPECT_THAT(text,
              HasSubstr("jobraker_schedule_overdue_seconds{schedule=\"jobs.expire\"} 75.5\n"));
}

TEST(DependencyFamilies, OfWhatNobodyHasNeededNothingIsSaid) {
  const auto at = *parse_rfc3339("2026-11-20T09:30:00Z");
  Families families;
  add_families(families, {{"postgresql", DependencyState::down, true, at},
                          {"kafka", DependencyState::unknown, false, at}});
  const auto text = to_text(families);
  EXPECT_THAT(text, HasSubstr("jobraker_up{dependency=\"postgresql\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_up_since_seconds{dependency=\"postgresql\"} 1795167000"));
  EXPECT_THAT(text, Not(HasSubstr("dependency=\"kafka\"")));
}

}  // namespace
}  // namespace jobraker::operation
