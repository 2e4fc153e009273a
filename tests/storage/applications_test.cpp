#include "storage/applications.hpp"

#include "messages/codec.hpp"
#include "messages/events.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;
using test::sample_job;
using test::start;
using Status = ApplicationStatus;

constexpr Status every_status[] = {Status::draft,      Status::approved,  Status::queued,
                                   Status::submitting, Status::submitted, Status::needs_input,
                                   Status::unknown,    Status::failed,    Status::interviewing,
                                   Status::offered,    Status::rejected,  Status::withdrawn};

struct ApplicationsTest : test::SampleTest {
  void SetUp() override {
    SampleTest::SetUp();
    if (!db)
      return;
    ada = person("ada@example.com");
    bob = person("bob@example.com");
  }
  Application apply(const std::string& company, const std::string& title,
                    Status status = Status::submitted) {
    at += std::chrono::seconds{1};
    NewApplication n;
    n.user = ada;
    n.company = company;
    n.job_title = title;
    n.status = status;
    return must(run(create_application(*db, n, at)));
  }
  Result<Application> create(std::optional<JobId> job, const std::string& company = "",
                             const std::string& title = "") {
    NewApplication n;
    n.user = ada;
    n.job = job;
    n.company = company;
    n.job_title = title;
    n.detail = "by hand";
    return run(create_application(*db, n, start));
  }
  std::vector<std::string> found(const std::string& company, const std::string& title = "") {
    std::vector<std::string> titles;
    for (auto& a : must(run(find_applications(*db, ada, company, title))))
      titles.push_back(a.job_title);
    return titles;
  }
  Result<Application> set(ApplicationId id, Status status) {
    ChangeApplication change;
    change.status = status;
    return run(change_application(*db, id, ada, change, at));
  }
  using Names = std::vector<std::string>;
  UserId ada{};
  UserId bob{};
  Time at = start;
};

TEST_F(ApplicationsTest, TakeWhatThePostingSays) {
  auto job = sample_job("1");
  job.source_url = "https://jobs.example/1";
  auto id = upsert(job).id;
  auto made = must(create(id));
  EXPECT_EQ(made.job_id, id);
  EXPECT_EQ(made.company, "Acme GmbH");
  EXPECT_EQ(made.job_title, "Software Developer");
  EXPECT_EQ(made.url, "https://jobs.example/1");
  EXPECT_EQ(made.status, Status::draft);
  EXPECT_EQ(must(run(find_application(*db, made.id, ada))), made);
  auto events = must(run(application_events(*db, made.id, ada)));
  EXPECT_EQ(events, (std::vector<ApplicationEvent>{{1, start, Status::draft, "by hand"}}));
  EXPECT_EQ(error_of(create(id)), Errc::conflict);
}

TEST_F(ApplicationsTest, NeedAPostingOrWordsOfTheirOwn) {
  auto made = must(create(std::nullopt, "Globex", "Welder"));
  EXPECT_EQ(made.job_id, std::nullopt);
  EXPECT_EQ(made.url, std::nullopt);
  EXPECT_TRUE(create(std::nullopt, "Globex", "Welder")) << "there may be several elsewhere";
  EXPECT_EQ(error_of(create(std::nullopt, "Globex", "")), Errc::invalid);
  EXPECT_EQ(error_of(create(std::nullopt, "", "Welder")), Errc::invalid);
  EXPECT_EQ(error_of(create(JobId::fresh(), "Globex", "Welder")), Errc::not_found);
}

TEST_F(ApplicationsTest, ToAMergedPostingCountForTheOneItBecame) {
  auto kept = add("1");
  auto gone = add("2");
  sql("UPDATE jobs SET status = 'merged', merged_into = $2 WHERE id = $1", {gone, kept});
  EXPECT_EQ(must(create(gone)).job_id, kept);
  EXPECT_EQ(error_of(create(kept)), Errc::conflict);
}

TEST_F(ApplicationsTest, AreTheirPersonsAlone) {
  auto made = apply("Acme", "Welder");
  EXPECT_EQ(error_of(run(find_application(*db, made.id, bob))), Errc::not_found);
  EXPECT_TRUE(run(find_application(*db, made.id, std::nullopt)));
  EXPECT_EQ(error_of(run(application_events(*db, made.id, bob))), Errc::not_found);
  EXPECT_EQ(error_of(run(change_application(*db, made.id, bob, {}, at))), Errc::not_found);
  EXPECT_TRUE(must(run(list_applications(*db, bob))).items.empty());
  EXPECT_TRUE(must(run(find_applications(*db, bob, "Acme"))).empty());
}

TEST_F(ApplicationsTest, AreFoundAsPeopleNameTheCompany) {
  apply("Acme Robotics GmbH", "Welder");
  for (const char* name : {"Acme Robotics GmbH", "acme robotics", "ACME-Robotics",
                           "Acme Robotics, Inc.", "acme", "Acme Robotics Europe"})
    EXPECT_EQ(found(name), Names{"Welder"}) << name;
  for (const char* name : {"", " ", "!", "Globex", "ac", "Acme Bakeries"})
    EXPECT_TRUE(found(name).empty()) << name;
  apply("Acme", "Baker");
  EXPECT_EQ(found("acme"), Names{"Baker"}) << "a whole name before a part of one";
  EXPECT_EQ(found("acme robotics"), Names{"Welder"});
}

TEST_F(ApplicationsTest, TheBestTitleWinsAndSeveralAreSeveral) {
  apply("Acme", "Senior Backend Engineer");
  apply("Acme", "Backend Engineer (m/f/d)");
  apply("Acme", "Data Scientist");
  EXPECT_EQ(found("Acme"),
            (Names{"Data Scientist", "Backend Engineer (m/f/d)", "Senior Backend Engineer"}));
  EXPECT_EQ(found("Acme", "data scientist"), Names{"Data Scientist"});
  EXPECT_EQ(found("Acme", "DATA SCIENCE"), Names{"Data Scientist"}) << "half of the words";
  EXPECT_EQ(found("Acme", "engineer, backend"),
            (Names{"Backend Engineer (m/f/d)", "Senior Backend Engineer"}));
  EXPECT_EQ(found("Acme", "senior engineer"), Names{"Senior Backend Engineer"});
  EXPECT_EQ(found("Acme", "cook").size(), 3u) << "ask rather than deny";
  apply("Acme", "Backend Engineer");
  EXPECT_EQ(found("Acme", "backend engineer"), Names{"Backend Engineer"});
}

TEST_F(ApplicationsTest, AreListedTheLatestChangeFirstInPages) {
  std::vector<ApplicationId> made;
  for (int i = 0; i < 7; ++i)
    made.insert(made.begin(), apply(i % 2 ? "Acme" : "Globex", "Welder").id);
  for (std::int64_t limit : {1, 2, 3, 7, 100}) {
    std::vector<ApplicationId> listed;
    ListApplications query;
    query.limit = limit;
    do {
      auto page = must(run(list_applications(*db, ada, query)));
      for (auto& item : page.items)
        listed.push_back(item.id);
      query.cursor = page.next;
    } while (query.cursor);
    EXPECT_EQ(listed, made);
  }
  at += std::chrono::seconds{1};
  must(set(made.back(), Status::rejected));
  EXPECT_EQ(must(run(list_applications(*db, ada))).items.front().id, made.back());
  ListApplications rejected;
  rejected.status = Status::rejected;
  EXPECT_EQ(must(run(list_applications(*db, ada, rejected))).items.size(), 1u);
  ListApplications acme;
  acme.company = "ACME, Inc";
  EXPECT_EQ(must(run(list_applications(*db, ada, acme))).items.size(), 3u);
  acme.cursor = "x";
  EXPECT_EQ(error_of(run(list_applications(*db, ada, acme))), Errc::invalid);
}

TEST_F(ApplicationsTest, KeepATimelineOfWhatHappened) {
  auto made = apply("Acme", "Welder");
  ChangeApplication change;
  change.status = Status::interviewing;
  change.detail = "They called.";
  change.notes = "Ask for the shift plan.";
  change.url = "https://acme.example";
  auto changed = must(run(change_application(*db, made.id, ada, change, at)));
  EXPECT_EQ(changed.status, Status::interviewing);
  EXPECT_EQ(changed.notes, change.notes);
  EXPECT_EQ(changed.url, change.url);
  ChangeApplication notes;
  notes.notes = "Never mind.";
  EXPECT_EQ(must(run(change_application(*db, made.id, ada, notes, at))).notes, "Never mind.");
  must(set(made.id, Status::interviewing));
  must(set(made.id, Status::offered));
  auto events = must(run(application_events(*db, made.id, ada)));
  ASSERT_EQ(events.size(), 3u) << "notes and the same status again are no events";
  EXPECT_EQ(events[1], (ApplicationEvent{2, at, Status::interviewing, "They called."}));
  EXPECT_EQ(events[2], (ApplicationEvent{3, at, Status::offered, ""}));
}

TEST_F(ApplicationsTest, ChangesAtOnceLeaveATimelineWithoutGaps) {
  auto made = apply("Acme", "Welder");
  std::vector<std::shared_ptr<std::optional<Result<Application>>>> changes;
  for (int i = 0; i < 20; ++i) {
    ChangeApplication change;
    change.detail = "note " + std::to_string(i);
    changes.push_back(loop.spawn(change_application(*db, made.id, ada, change, at)));
  }
  loop.run_until([&] {
    return std::all_of(changes.begin(), changes.end(), [](auto& c) { return c->has_value(); });
  });
  for (auto& change : changes)
    must(**change);
  auto events = must(run(application_events(*db, made.id, ada)));
  ASSERT_EQ(events.size(), 21u);
  for (std::size_t i = 0; i < events.size(); ++i)
    EXPECT_EQ(events[i].seq, static_cast<std::int64_t>(i) + 1);
}

TEST_F(ApplicationsTest, HandsMaySetOnlySomeStatuses) {
  for (auto from : every_status)
    for (auto to : every_status) {
      auto made = apply("Acme", "Welder", from);
      auto outcome = set(made.id, to);
      if (from == to || may_move_by_hand(from, to)) {
        EXPECT_TRUE(outcome) << name_of(from) << " " << name_of(to);
        continue;
      }
      EXPECT_EQ(error_of(outcome), is_manual(to) ? Errc::conflict : Errc::invalid)
        << name_of(from) << " " << name_of(to);
      EXPECT_EQ(must(run(find_application(*db, made.id, ada))).status, from);
      EXPECT_EQ(must(run(application_events(*db, made.id, ada))).size(), 1u);
    }
}

TEST_F(ApplicationsTest, WorkInAPersonsNameKeepsToItsMoves) {
  auto made = apply("Acme", "Welder", Status::queued);
  must(run(move_application(*db, made.id, Status::submitting, "", at)));
  EXPECT_EQ(error_of(set(made.id, Status::withdrawn)), Errc::conflict)
    << "nobody may interfere with one that is just being submitted";
  must(run(move_application(*db, made.id, Status::unknown, "No answer.", at)));
  must(run(move_application(*db, made.id, Status::submitted, "Found in the mail.", at)));
  EXPECT_EQ(must(run(move_application(*db, made.id, Status::submitted, "", at))).status,
            Status::submitted);
  EXPECT_EQ(error_of(run(move_application(*db, made.id, Status::queued, "", at))), Errc::conflict);
  EXPECT_EQ(error_of(run(move_application(*db, ApplicationId::fresh(), Status::queued, "", at))),
            Errc::not_found);
  EXPECT_EQ(must(run(application_events(*db, made.id, ada))).size(), 4u);
}

TEST_F(ApplicationsTest, TellWhereTheyStandOncePerChangeOfStatus) {
  struct Told {
    std::optional<std::string> previous;
    std::string status;
    std::int64_t seq;
    bool operator==(const Told&) const = default;
  };
  auto told = [&](ApplicationId id) {
    std::vector<Told> all;
    auto rows = sql("SELECT topic, key, data FROM outbox ORDER BY seq");
    for (auto row : rows) {
      auto happened = must(json::decode<ApplicationStatusChanged>(row.get<std::string>(2)));
      if (happened.application_id != id)
        continue;
      EXPECT_EQ(row.get<std::string>(0), "application-status-changed");
      EXPECT_EQ(row.get<std::string>(1), to_string(id));
      EXPECT_EQ(happened.user_id, ada);
      all.push_back({happened.previous, happened.status, happened.seq});
    }
    return all;
  };
  auto made = apply("Acme", "Welder", Status::draft);
  ChangeApplication words;
  words.detail = "They called.";
  must(run(change_application(*db, made.id, ada, words, at)));
  must(run(note_application(*db, made.id, "It was looked at.", at)));
  must(run(move_application(*db, made.id, Status::approved, "", at)));
  must(run(move_application(*db, made.id, Status::approved, "", at)));
  EXPECT_EQ(error_of(run(move_application(*db, made.id, Status::submitted, "", at))),
            Errc::conflict);
  must(set(made.id, Status::submitted));
  EXPECT_EQ(told(made.id),
            (std::vector<Told>{
              {std::nullopt, "draft", 1}, {"draft", "approved", 4}, {"approved", "submitted", 5}}));
  auto job = add("1");
  must(create(job));
  auto count = [&] { return sql("SELECT count(*) FROM outbox").front().get<int>(0); };
  auto before = count();
  EXPECT_EQ(error_of(create(job)), Errc::conflict);
  EXPECT_EQ(count(), before) << "nothing happened";
}

TEST_F(ApplicationsTest, AreFoundByAnyPostingThatWasMergedWithTheirs) {
  auto one = add("1");
  auto two = add("2");
  auto other = add("3");
  auto made = must(create(one));
  EXPECT_EQ(must(run(find_application_for(*db, ada, one)))->id, made.id);
  EXPECT_EQ(must(run(find_application_for(*db, ada, two))), std::nullopt);
  EXPECT_EQ(must(run(find_application_for(*db, bob, one))), std::nullopt);
  sql("UPDATE jobs SET status = 'merged', merged_into = $2 WHERE id = $1", {one, two});
  EXPECT_EQ(must(run(find_application_for(*db, ada, one)))->id, made.id);
  EXPECT_EQ(must(run(find_application_for(*db, ada, two)))->id, made.id);
  EXPECT_EQ(must(run(find_application_for(*db, ada, other))), std::nullopt);
  EXPECT_EQ(must(run(find_application_for(*db, ada, JobId::fresh()))), std::nullopt);
}

TEST(ApplicationMoves, LeadSomewhereAndNeverOutOfTheEnd) {
  for (auto to : every_status) {
    EXPECT_EQ(may_move(Status::withdrawn, to), to == Status::draft || to == Status::submitted)
      << "nothing had been sent, or the run was faster";
    EXPECT_FALSE(may_move_by_hand(Status::withdrawn, to));
    EXPECT_FALSE(may_move_by_hand(Status::submitting, to));
    EXPECT_FALSE(may_move(to, to));
    EXPECT_FALSE(may_move_by_hand(to, to));
    if (to != Status::submitting)
      EXPECT_FALSE(may_move(Status::queued, to) && is_manual(to) && to != Status::withdrawn)
        << "nothing is submitted that was not being submitted: " << name_of(to);
  }
  EXPECT_FALSE(may_move(Status::submitted, Status::queued)) << "never twice";
  EXPECT_TRUE(may_move_by_hand(Status::rejected, Status::offered));
}

TEST_F(ApplicationsTest, StayWithoutTheirPostingAndGoWithTheirPerson) {
  auto job = add("1");
  auto made = must(create(job));
  sql("DELETE FROM jobs WHERE id = $1", {job});
  EXPECT_EQ(must(run(find_application(*db, made.id, ada))).job_id, std::nullopt);
  sql("DELETE FROM users WHERE id = $1", {ada});
  EXPECT_EQ(error_of(run(find_application(*db, made.id, std::nullopt))), Errc::not_found);
  EXPECT_EQ(sql("SELECT count(*) FROM application_events").front().get<int>(0), 0);
}

TEST_F(ApplicationsTest, AreUndoneWithTheTransactionTheyAreIn) {
  auto outcome = run(db->transaction([&](Transaction& inside) -> task<Result<bool>> {
    NewApplication n;
    n.user = ada;
    n.company = "Acme";
    n.job_title = "Welder";
    n.status = Status::queued;
    auto made = co_await create_application(inside, n, start);
    if (!made)
      co_return fail(std::move(made.error()));
    co_return fail(Errc::cancelled, "the effect could not be settled");
  }));
  EXPECT_EQ(error_of(outcome), Errc::cancelled);
  EXPECT_TRUE(must(run(list_applications(*db, ada))).items.empty());
}

}  // namespace
}  // namespace jobraker
