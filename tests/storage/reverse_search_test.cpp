#include "messages/events.hpp"
#include "messages/json.hpp"
#include "storage/batches.hpp"
#include "storage/outbox.hpp"
#include "storage/people.hpp"
#include "storage/profiles.hpp"
#include "storage/rescoring.hpp"
#include "storage/scores.hpp"
#include "storage/vectors.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::must;
using test::sample_job;
using test::start;

JobScore score(UserId user, JobId job, double compatibility, std::int64_t version = 1) {
  JobScore s;
  s.user_id = user;
  s.job_id = job;
  s.version = version;
  s.compatibility_score = compatibility;
  s.confidence_score = 50;
  s.ai_reasoning = "reasons";
  return s;
}

Embedding unit(std::size_t axis) {
  Embedding v(embedding_dimensions, 0.0f);
  v[axis] = 1;
  return v;
}

struct ReverseSearchTest : test::SampleTest {
  std::size_t stored(std::vector<JobScore> scores, JudgedBy by) {
    return must(run(store_scores(*db, std::move(scores), by))).size();
  }
  double shown(UserId user) {
    auto matches = must(run(list_matches(*db, user, 0, 10)));
    return matches.empty() ? -1 : matches.front().first.compatibility_score;
  }
  std::vector<Event> told() {
    std::vector<Event> events;
    for (auto& row : must(run(read_outbox(*db, 0, {}, 100))).rows)
      events.push_back(row.event);
    return events;
  }
  TaskId batch_for(UserId user, std::vector<JobId> jobs, std::int64_t version = 1,
                   const std::string& params = "{}") {
    Batch batch{.id = TaskId::fresh(), .user_id = user, .params = params, .score_version = version};
    for (const auto& job : jobs)
      batch.items.push_back({.job_id = job});
    must(run(create_batch(*db, batch)));
    return batch.id;
  }
  void profile_of(UserId user) {
    Profile profile;
    profile.user_id = user;
    must(run(save_profile(*db, profile, 0)));
  }
};

TEST_F(ReverseSearchTest, ARubricsScoreGivesWayToAModelsAndNeverTheOtherWay) {
  auto user = person();
  auto job = add("1");
  EXPECT_EQ(stored({score(user, job, 70)}, JudgedBy::rubric), 1u);
  EXPECT_EQ(shown(user), 70);
  EXPECT_TRUE(must(run(scored_jobs(*db, user, 1))).empty()) << "a model is still to judge it";
  EXPECT_EQ(stored({score(user, job, 72)}, JudgedBy::rubric), 1u) << "the posting has changed";
  EXPECT_EQ(shown(user), 72);
  EXPECT_EQ(stored({score(user, job, 88)}, JudgedBy::model), 1u);
  EXPECT_EQ(shown(user), 88);
  EXPECT_EQ(stored({score(user, job, 75)}, JudgedBy::rubric), 0u);
  EXPECT_EQ(stored({score(user, job, 99)}, JudgedBy::model), 0u);
  EXPECT_EQ(shown(user), 88);
  EXPECT_EQ(must(run(scored_jobs(*db, user, 1))), std::vector{job});
}

TEST_F(ReverseSearchTest, OnlyTheFirstScoreOfAPairIsTheFirst) {
  auto a = person();
  auto b = person("b@example.com");
  auto job = add("1");
  auto first = [&](std::vector<JobScore> scores, JudgedBy by) {
    std::size_t count = 0;
    for (const auto& one : must(run(store_scores(*db, std::move(scores), by))))
      count += one.first;
    return count;
  };
  EXPECT_EQ(first({score(a, job, 70), score(b, job, 71)}, JudgedBy::rubric), 2u);
  EXPECT_EQ(first({score(a, job, 70)}, JudgedBy::rubric), 0u);
  EXPECT_EQ(first({score(a, job, 80)}, JudgedBy::model), 0u);
  EXPECT_EQ(first({score(a, job, 90, 2)}, JudgedBy::model), 0u) << "under another version";
}

TEST_F(ReverseSearchTest, WhatAModelFoundNotWorthStoringStaysOut) {
  auto user = person();
  auto low = add("low");
  auto high = add("high");
  ASSERT_EQ(stored({score(user, low, 70), score(user, high, 70)}, JudgedBy::rubric), 2u);
  auto batch = batch_for(user, {low, high});
  must(run(record_judged(*db, batch, {low, high}, {score(user, high, 90)})));
  auto matches = must(run(list_matches(*db, user, 0, 10)));
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches[0].second.id, high);
  EXPECT_EQ(matches[0].first.compatibility_score, 90);
  EXPECT_EQ(stored({score(user, low, 75)}, JudgedBy::rubric), 0u);
  EXPECT_EQ(stored({score(user, low, 75, 2)}, JudgedBy::rubric), 1u) << "another version";
}

TEST_F(ReverseSearchTest, ABatchTellsOfEachPairOnceWithTheScore) {
  auto user = person();
  auto known = add("known");
  auto fresh = add("fresh");
  auto low = add("low");
  ASSERT_EQ(stored({score(user, known, 70)}, JudgedBy::rubric), 1u);
  auto batch = batch_for(user, {known, fresh, low});
  std::vector<JobScore> keep{score(user, known, 90), score(user, fresh, 80)};
  must(run(record_judged(*db, batch, {known, fresh, low}, keep)));
  must(run(record_judged(*db, batch, {known, fresh, low}, keep)));
  auto events = told();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].topic, Topic::match_found);
  EXPECT_EQ(events[0].key, to_string(user));
  auto document = json::Document::parse(events[0].data);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root()["job_id"].string_or(""), to_string(fresh));
  EXPECT_EQ(document->root()["score"].number(), 80);
  EXPECT_EQ(document->root()["confidence"].number(), 0.5);
  EXPECT_EQ(document->root()["found_by"].string_or(""), "batch");
}

TEST_F(ReverseSearchTest, AChangedPostingLosesTheRubricsPeopleItNoLongerSuits) {
  auto a = person();
  auto b = person("b@example.com");
  auto c = person("c@example.com");
  auto job = add("1");
  ASSERT_EQ(stored({score(a, job, 70), score(b, job, 70)}, JudgedBy::rubric), 2u);
  ASSERT_EQ(stored({score(c, job, 70)}, JudgedBy::model), 1u);
  EXPECT_EQ(must(run(drop_rubric_scores(*db, job, {a}))), std::vector{b});
  EXPECT_EQ(shown(a), 70);
  EXPECT_EQ(shown(b), -1);
  EXPECT_EQ(shown(c), 70);
}

TEST_F(ReverseSearchTest, LastRunsAreOfThoseWhoAreThere) {
  auto a = person();
  auto b = person("b@example.com");
  auto gone = UserId::fresh();
  auto batch = batch_for(a, {}, 3, R"({"basis": "old"})");
  must(run(finish_batch(*db, batch, "{}")));
  batch_for(a, {}, 4, R"({"basis": "new"})");
  auto runs = must(run(last_runs(*db, {a, b, gone})));
  ASSERT_EQ(runs.size(), 2u);
  if (runs[0].user != a)
    std::swap(runs[0], runs[1]);
  EXPECT_EQ(runs[0].score_version, 4);
  EXPECT_EQ(runs[0].basis, "new");
  EXPECT_EQ(runs[1].user, b);
  EXPECT_EQ(runs[1].score_version, 0);
  EXPECT_EQ(runs[1].basis, "");
}

TEST_F(ReverseSearchTest, AScoringIsWantedOnceAndWaitsForQuietButNotForEver) {
  using std::chrono::seconds;
  auto user = person();
  auto due = [&](Time at) { return must(run(due_scorings(*db, at, 10))); };
  must(run(want_scoring(*db, user, start + seconds{10}, seconds{60}, start)));
  EXPECT_TRUE(due(start + seconds{9}).empty());
  EXPECT_EQ(due(start + seconds{10}), std::vector{user});
  for (int i = 1; i <= 10; ++i)
    must(run(
      want_scoring(*db, user, start + seconds{10 * i + 10}, seconds{60}, start + seconds{10 * i})));
  EXPECT_TRUE(due(start + seconds{59}).empty());
  EXPECT_EQ(due(start + seconds{60}), std::vector{user}) << "somebody who never stops writing";
  must(run(want_scoring(*db, UserId::fresh(), start, seconds{60}, start)));
  EXPECT_EQ(due(start + seconds{60}), std::vector{user}) << "nobody who is not there";

  must(run(put_off_scoring(*db, user, start + seconds{90})));
  EXPECT_TRUE(due(start + seconds{60}).empty());
  must(run(forget_scoring(*db, user)));
  EXPECT_TRUE(due(start + seconds{90}).empty());
}

TEST_F(ReverseSearchTest, AWishWaitsForTheOpenBatchAndANewBatchFulfilsIt) {
  auto user = person();
  auto open = batch_for(user, {});
  must(run(want_scoring(*db, user, start, std::chrono::seconds{60}, start)));
  EXPECT_TRUE(must(run(due_scorings(*db, start, 10))).empty());
  must(run(finish_batch(*db, open, "{}")));
  EXPECT_EQ(must(run(due_scorings(*db, start, 10))), std::vector{user});
  must(run(finish_batch(*db, batch_for(user, {}), "{}")));
  EXPECT_TRUE(must(run(due_scorings(*db, start, 10))).empty());
}

TEST_F(ReverseSearchTest, PeopleAreFollowedByProfileAndVectors) {
  auto a = person();
  auto b = person("b@example.com");
  auto without_vectors = person("c@example.com");
  auto since = now() - std::chrono::minutes{1};
  for (auto user : {a, b, without_vectors})
    profile_of(user);
  must(run(save_user_vectors(*db, a, {unit(1), unit(2), unit(3)}, "m", "hash")));
  must(run(save_user_vectors(*db, b, {unit(1), unit(2), unit(3)}, "other", "hash")));
  auto changed = must(run(people_changed_since(*db, "m", since, 10)));
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].id, a);
  EXPECT_EQ(changed[0].profile_version, 1);
  EXPECT_EQ(changed[0].vectors_hash, "hash");
  EXPECT_TRUE(
    must(run(people_changed_since(*db, "m", changed[0].at + std::chrono::seconds{1}, 10))).empty());
  sql("UPDATE user_profiles SET updated_at = now() + interval '1 hour', version = 2");
  auto again =
    must(run(people_changed_since(*db, "m", changed[0].at + std::chrono::seconds{1}, 10)));
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].profile_version, 2);

  EXPECT_EQ(must(run(load_profiles(*db, {a, b, UserId::fresh()}))).size(), 2u);
  auto vectors = must(run(load_user_vectors(*db, "m", {a, b})));
  ASSERT_EQ(vectors.size(), 1u);
  EXPECT_EQ(vectors[0].vectors.goals, unit(3));
}

TEST_F(ReverseSearchTest, PostingsWithoutVectorsAreFoundAmongTheLatestChanges) {
  auto old = upsert(sample_job("old"), "h1", start - std::chrono::hours{1}).id;
  auto fresh = upsert(sample_job("fresh"), "h1", start).id;
  auto found = [&](Time since) {
    std::vector<JobId> ids;
    for (const auto& entry : must(run(jobs_without_vectors(*db, "m", 10, since))))
      ids.push_back(entry.job.id);
    return ids;
  };
  EXPECT_EQ(found(start), std::vector{fresh});
  EXPECT_EQ(found(start - std::chrono::hours{2}).size(), 2u);
  must(run(save_job_vectors(*db, fresh, {unit(1), unit(2)}, "m", "h1")));
  EXPECT_EQ(found(start - std::chrono::hours{2}), std::vector{old});
  EXPECT_TRUE(found(start).empty());
}

TEST_F(ReverseSearchTest, AChangedPostingNeedsItsVectorsAnew) {
  auto job = add("1");
  auto missing = [&](const std::string& model) {
    return must(run(any_without_vectors(*db, model, {job, JobId::fresh()})));
  };
  EXPECT_TRUE(missing("m"));
  must(run(save_job_vectors(*db, job, {unit(1), unit(2)}, "m", "h1")));
  EXPECT_FALSE(missing("m"));
  EXPECT_TRUE(missing("other"));
  upsert(sample_job("1"), "h2");
  EXPECT_TRUE(missing("m"));
  must(run(withdraw_job(*db, job, start)));
  EXPECT_FALSE(missing("m")) << "nobody looks for it any more";
}

}  // namespace
}  // namespace jobraker
