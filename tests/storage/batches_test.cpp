#include "storage/batches.hpp"
#include "storage/scores.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;
using test::sample_job;
using test::start;

JobScore score(UserId user, JobId job, double compatibility, std::int64_t version = 1) {
  JobScore s;
  s.user_id = user;
  s.job_id = job;
  s.version = version;
  s.compatibility_score = compatibility;
  s.confidence_score = 80;
  s.ai_reasoning = "because \"reasons\"";
  s.match_factors = {"C++", "a, b", "{}"};
  s.skills_match_score = 1;
  s.location_match_score = 2;
  s.experience_match_score = 3;
  s.salary_match_score = 4;
  s.culture_match_score = 5;
  return s;
}

struct ScoresTest : test::SampleTest {};

TEST_F(ScoresTest, InsertedTwiceAreStoredOnce) {
  auto user = person();
  auto a = add("1");
  auto b = add("2");
  EXPECT_EQ(must(run(insert_scores(*db, {score(user, a, 70), score(user, b, 65)}))), 2u);
  EXPECT_EQ(must(run(insert_scores(*db, {score(user, a, 99), score(user, a, 50, 2)}))), 1u);
  EXPECT_EQ(must(run(insert_scores(*db, {}))), 0u);
  auto matches = must(run(list_matches(*db, user, 0, 10)));
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(must(run(scored_jobs(*db, user, 2))), std::vector{a});
}

TEST_F(ScoresTest, OutOfBoundsAreRefusedAllTogether) {
  auto user = person();
  auto a = add("1");
  EXPECT_EQ(error_of(run(insert_scores(*db, {score(user, a, 70), score(user, a, 101, 2)}))),
            Errc::invalid);
  EXPECT_TRUE(must(run(list_matches(*db, user, 0, 10))).empty());
}

TEST_F(ScoresTest, MatchesAreTheLatestOfActiveJobsBestFirst) {
  auto user = person();
  auto a = add("1");
  auto b = add("2");
  auto gone = add("3");
  auto fallen = add("4");
  must(run(insert_scores(*db, {score(user, a, 70), score(user, b, 90), score(user, gone, 95),
                               score(user, fallen, 99), score(user, fallen, 10, 2),
                               score(person("b@example.com"), a, 100)})));
  must(run(withdraw_job(*db, gone, start)));
  auto matches = must(run(list_matches(*db, user, 60, 10)));
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].second.id, b);
  EXPECT_EQ(matches[0].first.job_id, b);
  EXPECT_EQ(matches[1].second.id, a);
  auto& s = matches[1].first;
  EXPECT_EQ(s.match_factors, (Strings{"C++", "a, b", "{}"}));
  EXPECT_TRUE(s.mismatch_factors.empty());
  EXPECT_EQ(s.ai_reasoning, "because \"reasons\"");
  EXPECT_EQ(s.skills_match_score + 10 * s.location_match_score + 100 * s.experience_match_score +
              1000 * s.salary_match_score + 10000 * s.culture_match_score,
            54321);
  auto second = must(run(list_matches(*db, user, 60, 1, 1)));
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].second.id, a);
}

struct TasksTest : test::SampleTest {};

TEST_F(TasksTest, GoFromQueuedThroughRunningToAnEnd) {
  auto id = TaskId::fresh();
  auto user = person();
  auto created = must(run(create_task(*db, id, "refresh", user, 5)));
  EXPECT_EQ(created.state, TaskState::queued);
  EXPECT_EQ(created.total, 5);
  EXPECT_EQ(error_of(run(create_task(*db, id, "refresh", user))), Errc::conflict);
  must(run(progress_task(*db, id, "fetching", 2, 6)));
  auto running = must(run(find_task(*db, id)));
  EXPECT_EQ(running.state, TaskState::running);
  EXPECT_EQ(running.stage, "fetching");
  EXPECT_EQ(running.done, 2);
  EXPECT_EQ(running.owner, user);
  EXPECT_TRUE(running.started_at);
  EXPECT_EQ(must(run(unfinished_tasks(*db, "refresh"))).size(), 1u);
  must(run(finish_task(*db, id, R"({"new":3})")));
  auto done = must(run(find_task(*db, id)));
  EXPECT_EQ(done.state, TaskState::done);
  EXPECT_EQ(done.result, R"({"new": 3})");
  EXPECT_TRUE(done.finished_at);
  EXPECT_EQ(error_of(run(fail_task(*db, id, "{}"))), Errc::conflict);
  EXPECT_EQ(error_of(run(progress_task(*db, id, "", 1, 1))), Errc::conflict);
  EXPECT_TRUE(must(run(unfinished_tasks(*db, "refresh"))).empty());
}

TEST_F(TasksTest, FailWithTheirProblem) {
  auto id = TaskId::fresh();
  must(run(create_task(*db, id, "refresh", std::nullopt)));
  EXPECT_EQ(error_of(run(fail_task(*db, id, "no JSON"))), Errc::invalid);
  must(run(fail_task(*db, id, R"({"code":"internal"})")));
  EXPECT_EQ(must(run(find_task(*db, id))).state, TaskState::failed);
  EXPECT_EQ(error_of(run(finish_task(*db, TaskId::fresh(), "{}"))), Errc::not_found);
}

struct BatchesTest : test::SampleTest {
  void SetUp() override {
    SampleTest::SetUp();
    if (!db)
      return;
    user = person();
    batch = {
      .id = TaskId::fresh(), .user_id = user, .params = R"({"limit": 3})", .score_version = 4};
    for (int i = 0; i < 3; ++i) {
      jobs.push_back(add("j" + std::to_string(i)));
      batch.items.push_back({.job_id = jobs.back(), .rank = i});
    }
    batch.items[1].rubric = R"({"total": 61})";
  }
  UserId user{};
  std::vector<JobId> jobs;
  Batch batch;
};

TEST_F(BatchesTest, AreThereWithTheirTaskOrNotAtAll) {
  must(run(create_batch(*db, batch)));
  auto loaded = must(run(load_batch(*db, batch.id)));
  EXPECT_EQ(loaded.user_id, user);
  EXPECT_EQ(loaded.params, batch.params);
  EXPECT_EQ(loaded.score_version, 4);
  ASSERT_EQ(loaded.items.size(), 3u);
  EXPECT_EQ(loaded.items[1].job_id, jobs[1]);
  EXPECT_EQ(loaded.items[1].rubric, R"({"total": 61})");
  EXPECT_EQ(loaded.items[0].rubric, std::nullopt);
  EXPECT_EQ(must(run(find_task(*db, batch.id))).total, 3);
  EXPECT_EQ(must(run(open_batch(*db, user))), batch.id);
  EXPECT_EQ(must(run(latest_batch(*db, user))), batch.id);
  EXPECT_EQ(must(run(unfinished_batches(*db))), std::vector{batch.id});

  auto second = batch;
  second.id = TaskId::fresh();
  EXPECT_EQ(error_of(run(create_batch(*db, second))), Errc::conflict) << "one at a time";
  EXPECT_EQ(error_of(run(find_task(*db, second.id))), Errc::not_found)
    << "no task without its batch";
  EXPECT_EQ(error_of(run(load_batch(*db, second.id))), Errc::not_found);
}

TEST_F(BatchesTest, ResumeWhereTheyWereKilledAndStoreNoPairTwice) {
  must(run(create_batch(*db, batch)));
  auto first =
    must(run(record_judged(*db, batch.id, {jobs[0], jobs[1]}, {score(user, jobs[0], 80, 4)})));
  EXPECT_EQ(first.items, 2u);
  EXPECT_EQ(first.scores, 1u);
  EXPECT_EQ(first.done, 2);
  EXPECT_EQ(first.total, 3);

  // A process that died after the commit and one that took over say the same again.
  auto again = must(run(record_judged(*db, batch.id, {jobs[0], jobs[1]},
                                      {score(user, jobs[0], 99, 4), score(user, jobs[1], 99, 4)})));
  EXPECT_EQ(again.items, 0u);
  EXPECT_EQ(again.scores, 0u);

  auto loaded = must(run(load_batch(*db, batch.id)));
  EXPECT_EQ(loaded.items[0].state, BatchItemState::scored);
  EXPECT_EQ(loaded.items[1].state, BatchItemState::scored);
  EXPECT_EQ(loaded.items[2].state, BatchItemState::pending);
  EXPECT_EQ(must(run(find_task(*db, batch.id))).done, 2);
  auto judged = must(run(scored_jobs(*db, user, 4)));
  EXPECT_EQ(judged.size(), 2u) << "also the one that was not worth storing";

  must(run(record_judged(*db, batch.id, {jobs[2]}, {score(user, jobs[2], 70, 4)})));
  must(run(finish_batch(*db, batch.id, R"({"stored":2})")));
  EXPECT_EQ(must(run(list_matches(*db, user, 0, 10))).size(), 2u);
  EXPECT_EQ(must(run(find_task(*db, batch.id))).state, TaskState::done);
  EXPECT_EQ(must(run(open_batch(*db, user))), std::nullopt);
  EXPECT_EQ(error_of(run(finish_batch(*db, batch.id, "{}"))), Errc::conflict);
  EXPECT_EQ(error_of(run(record_judged(*db, batch.id, {jobs[2]}, {}))), Errc::conflict);
}

TEST_F(BatchesTest, ScoresAndMarksAreWrittenTogether) {
  must(run(create_batch(*db, batch)));
  EXPECT_EQ(error_of(run(record_judged(*db, batch.id, {jobs[0]}, {score(user, jobs[0], 101, 4)}))),
            Errc::invalid);
  EXPECT_EQ(must(run(load_batch(*db, batch.id))).items[0].state, BatchItemState::pending);
  EXPECT_EQ(error_of(run(record_judged(*db, batch.id, {jobs[0]}, {score(user, jobs[0], 80, 3)}))),
            Errc::invalid)
    << "another version";
}

TEST_F(BatchesTest, RecordsOfOneBatchAtOnceCountEachItemOnce) {
  must(run(create_batch(*db, batch)));
  std::vector<std::shared_ptr<std::optional<Result<Judged>>>> writers;
  for (int i = 0; i < 12; ++i) {
    auto job = jobs[static_cast<std::size_t>(i % 3)];
    writers.push_back(loop.spawn(record_judged(*db, batch.id, {job}, {score(user, job, 80, 4)})));
  }
  loop.run_until([&] {
    return std::all_of(writers.begin(), writers.end(), [](auto& w) { return w->has_value(); });
  });
  std::size_t items = 0;
  std::size_t scores = 0;
  for (auto& writer : writers) {
    items += must(**writer).items;
    scores += must(**writer).scores;
  }
  EXPECT_EQ(items, 3u);
  EXPECT_EQ(scores, 3u);
  EXPECT_EQ(must(run(find_task(*db, batch.id))).done, 3);
}

TEST_F(BatchesTest, ItemsFailAfterTheirLastAttempt) {
  must(run(create_batch(*db, batch)));
  EXPECT_TRUE(must(run(mark_failed(*db, batch.id, {jobs[0], jobs[1]}, "no JSON", 2))).empty());
  must(run(record_judged(*db, batch.id, {jobs[1]}, {})));
  EXPECT_EQ(must(run(mark_failed(*db, batch.id, {jobs[0], jobs[1]}, "prose", 2))),
            std::vector{jobs[0]});
  auto loaded = must(run(load_batch(*db, batch.id)));
  EXPECT_EQ(loaded.items[0].state, BatchItemState::failed);
  EXPECT_EQ(loaded.items[0].error, "prose");
  EXPECT_EQ(loaded.items[0].attempts, 2);
  EXPECT_EQ(loaded.items[1].state, BatchItemState::scored);
  EXPECT_EQ(must(run(record_judged(*db, batch.id, {jobs[0]}, {}))).items, 0u);
  must(run(fail_batch(*db, batch.id, R"({"code":"upstream_failed"})")));
  EXPECT_EQ(must(run(find_task(*db, batch.id))).state, TaskState::failed);
}

TEST_F(BatchesTest, MayGetTheirItemsLater) {
  auto items = std::exchange(batch.items, {});
  must(run(create_batch(*db, batch)));
  must(run(set_batch_items(*db, batch.id, items)));
  EXPECT_EQ(must(run(load_batch(*db, batch.id))).items.size(), 3u);
  EXPECT_EQ(must(run(find_task(*db, batch.id))).total, 3);
  EXPECT_EQ(error_of(run(set_batch_items(*db, batch.id, items))), Errc::conflict);
  EXPECT_EQ(error_of(run(set_batch_items(*db, TaskId::fresh(), items))), Errc::not_found);
}

}  // namespace
}  // namespace jobraker
