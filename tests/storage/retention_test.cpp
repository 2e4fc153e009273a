#include "storage/retention.hpp"

#include "storage/audit.hpp"
#include "storage/batch_list.hpp"
#include "storage/batches.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;
using test::start;

struct RetentionTest : test::SampleTest {
  TaskId scoring(UserId user, std::vector<JobId> jobs) {
    Batch batch;
    batch.id = TaskId::fresh();
    batch.user_id = user;
    for (const auto& job : jobs)
      batch.items.push_back({job, static_cast<std::int64_t>(batch.items.size())});
    must(run(create_batch(*db, batch)));
    return batch.id;
  }
  BatchPage list(std::optional<TaskState> state = {}, std::int64_t limit = 50,
                 std::optional<std::string> cursor = {}) {
    return must(run(list_batches(*db, {state, cursor, limit})));
  }
};

TEST_F(RetentionTest, OldRowsOfTheAuditLogGoOldestFirstAndNoMoreThanAllowed) {
  for (int hours = 1; hours <= 5; ++hours) {
    AuditEntry entry;
    entry.id = AuditId::fresh();
    entry.at = start - hours * 1h;
    entry.action = std::to_string(hours);
    must(run(write_audit(*db, entry)));
  }
  EXPECT_EQ(must(run(forget_audit(*db, start - 2h, 2))), 2u);
  EXPECT_EQ(sql("SELECT 1 FROM audit_log WHERE action IN ('1', '2', '3')").size(), 3u);
  EXPECT_EQ(must(run(forget_audit(*db, start - 2h, 2))), 1u);
  EXPECT_EQ(must(run(forget_audit(*db, start - 2h, 2))), 0u) << "what is as old as that stays";
}

TEST_F(RetentionTest, EndedTasksGoWithTheirItemsAndWhatIsUnderWayStays) {
  auto user = person();
  auto job = add("1");
  auto ended = scoring(user, {job});
  must(run(finish_batch(*db, ended, "{}")));
  auto open = scoring(user, {job});
  EXPECT_EQ(must(run(forget_tasks(*db, now() - 1h, 10))), 0u);
  EXPECT_EQ(must(run(forget_tasks(*db, now() + 1h, 10))), 1u);
  EXPECT_EQ(error_of(run(load_batch(*db, ended))), Errc::not_found);
  EXPECT_EQ(must(run(load_batch(*db, open))).items.size(), 1u);
}

TEST_F(RetentionTest, ScoringRunsOfEverybodyAreListedNewestFirst) {
  auto ada = person();
  auto ben = person("b@example.com");
  auto one = add("1");
  auto two = add("2");
  auto first = scoring(ada, {one, two});
  must(run(mark_failed(*db, first, {two}, "refused", 1)));
  auto second = scoring(ben, {one});
  must(run(finish_batch(*db, second, "{}")));
  auto all = list();
  ASSERT_EQ(all.items.size(), 2u);
  EXPECT_FALSE(all.next);
  EXPECT_EQ(all.items[0].id, second);
  EXPECT_EQ(all.items[0].state, TaskState::done);
  EXPECT_TRUE(all.items[0].ended_at);
  EXPECT_EQ(all.items[1].user_id, ada);
  EXPECT_EQ(all.items[1].kind, "score_jobs");
  EXPECT_EQ(all.items[1].total, 2);
  EXPECT_EQ(all.items[1].failed, 1);
  EXPECT_FALSE(all.items[1].ended_at);
  ASSERT_EQ(list(TaskState::done).items.size(), 1u);
  EXPECT_EQ(list(TaskState::done).items[0].id, second);
  EXPECT_TRUE(list(TaskState::failed).items.empty());
  auto page = list({}, 1);
  ASSERT_TRUE(page.next);
  auto rest = list({}, 1, page.next);
  ASSERT_EQ(rest.items.size(), 1u);
  EXPECT_EQ(rest.items[0].id, first);
  EXPECT_FALSE(rest.next);
  ListBatches wrong;
  wrong.cursor = "x";
  EXPECT_EQ(error_of(run(list_batches(*db, wrong))), Errc::invalid);
}

}  // namespace
}  // namespace jobraker
