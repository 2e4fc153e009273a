#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/kafka/cloud_events.hpp"
#include "net/kafka/producer.hpp"
#include "net/kafka/topics.hpp"
#include "tests/analytics/events_at_random.hpp"
#include "tests/support/kafka.hpp"
#include "tests/support/kafka_records.hpp"
#include "tests/support/pg.hpp"
#include "tools/analytics/store.hpp"
#include "tools/analytics/tally.hpp"

extern char** environ;

namespace jobraker::analytics {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
namespace kafka = net::kafka;

constexpr auto patience = 120s;

/// The program, running.
class Program {
public:
  Program(std::vector<std::string> arguments, const std::vector<std::string>& environment)
      : output_(std::filesystem::temp_directory_path() / ("analytics-" + test::unique_word())) {
    arguments.insert(arguments.begin(), JOBRAKER_ANALYTICS);
    std::vector<char*> argv, env;
    for (auto& word : arguments)
      argv.push_back(word.data());
    argv.push_back(nullptr);
    auto settings = environment;
    for (auto& setting : settings)
      env.push_back(setting.data());
    for (char** old = environ; *old != nullptr; ++old)
      env.push_back(*old);
    env.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int stream : {STDOUT_FILENO, STDERR_FILENO})
      posix_spawn_file_actions_addopen(&actions, stream, output_.c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (posix_spawn(&pid_, JOBRAKER_ANALYTICS, &actions, nullptr, argv.data(), env.data()) != 0)
      throw std::runtime_error("cannot start " JOBRAKER_ANALYTICS);
    posix_spawn_file_actions_destroy(&actions);
  }
  ~Program() {
    if (!status_) {
      ::kill(pid_, SIGKILL);
      wait();
    }
    std::filesystem::remove(output_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void signal(int which) { ::kill(pid_, which); }
  bool running() {
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
      status_ = status;
    return !status_;
  }
  /// Its exit status; -1 when it was killed.
  int wait() {
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, 0) == pid_)
      status_ = status;
    return WIFEXITED(*status_) ? WEXITSTATUS(*status_) : -1;
  }
  std::string output() const {
    std::ostringstream text;
    text << std::ifstream{output_}.rdbuf();
    return text.str();
  }

private:
  std::filesystem::path output_;
  pid_t pid_ = 0;
  std::optional<int> status_;
};

struct AnalyticsLive : test::PgTest {
  void SetUp() override {
    PgTest::SetUp();
    if (!db)
      return;
    prefix = test::unique_word() + ".";
    kafka_settings.brokers = test::kafka_brokers();
    kafka_settings.topic_prefix = prefix;
    std::vector<std::string> topics;
    for (auto topic : counted_topics)
      topics.push_back(kafka::topic_name(prefix, topic));
    test::must(kafka::ensure_topics(kafka_settings, topics, 3, 1, patience));
  }

  std::unique_ptr<Program> start(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"--database", own->url(), "--brokers",
                                       kafka_settings.brokers};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return std::make_unique<Program>(
      arguments, std::vector<std::string>{"JOBRAKER_KAFKA_TOPIC_PREFIX=" + prefix,
                                          "JOBRAKER_KAFKA_GROUP_PREFIX=" + prefix});
  }
  /// The exit status of a run to the ends of the topics; what it says is in `said`.
  int once(std::vector<std::string> more = {}) {
    more.insert(more.begin(), "--once");
    auto program = start(more);
    auto status = program->wait();
    said = program->output();
    return status;
  }

  void write(const std::vector<kafka::Record>& records) {
    auto producer = test::must(kafka::Producer::open(kafka_settings, [](const auto&) {}));
    for (std::size_t i = 0; i < records.size(); ++i)
      test::must(producer->produce(records[i], i));
    test::must(producer->flush(patience));
  }
  void tell(const std::vector<Event>& events) {
    std::vector<kafka::Record> records;
    for (const auto& event : events)
      records.push_back(kafka::to_record(event, kafka::topic_name(prefix, event.topic)));
    write(records);
  }

  std::int64_t counted() {
    auto rows = run(db->query("SELECT count(*) FROM analytics.events_counted"));
    return rows ? rows->front().get<std::int64_t>(0) : 0;
  }
  /// Until the program has counted more than `number` events; false when it has not in time.
  bool counts_more_than(std::int64_t number, Program& program) {
    auto give_up = std::chrono::steady_clock::now() + patience;
    while (counted() <= number) {
      if (!program.running() || std::chrono::steady_clock::now() > give_up)
        return false;
      std::this_thread::sleep_for(2ms);
    }
    return true;
  }
  Sums stored() {
    Sums sums;
    for (auto row : sql(sums_sql))
      EXPECT_TRUE(sums.emplace(row.get<std::string>(0), row.get<std::int64_t>(1)).second);
    return sums;
  }
  std::string group() {
    return sql("SELECT consumer_group FROM analytics.reading")[0].get<std::string>(0);
  }

  kafka::Settings kafka_settings{};
  std::string prefix{};
  std::string said{};
  const Trades trades = *Trades::built_in();
  Random random{20261121};
};

TEST_F(AnalyticsLive, KilledAndRepeatedItCountsEachEventOnce) {
  const auto events = some_events(random, 8000);
  auto told = with_repetitions(random, events, 2000);
  const std::vector<Event> first{told.begin(), told.begin() + 6000};
  const std::vector<Event> second{told.begin() + 6000, told.end()};
  test::must(prepare_schema(settings));
  tell(first);
  {
    auto program = start();
    ASSERT_TRUE(counts_more_than(0, *program)) << program->output();
    program->signal(SIGKILL);
    EXPECT_EQ(program->wait(), -1);
  }
  EXPECT_GT(counted(), 0);
  tell(second);
  {
    auto one = start();
    auto other = start();
    ASSERT_TRUE(counts_more_than(counted(), *one)) << one->output() << other->output();
    one->signal(SIGKILL);
    other->signal(SIGTERM);
    EXPECT_EQ(other->wait(), 0) << other->output();
  }
  ASSERT_EQ(once(), 0) << said;
  EXPECT_EQ(stored(), sums_of(events, trades));
  EXPECT_EQ(counted(), 8000);

  ASSERT_EQ(once(), 0) << said;
  EXPECT_THAT(said, HasSubstr("counted 0, repeated 0"));
  EXPECT_EQ(stored(), sums_of(events, trades));
}

TEST_F(AnalyticsLive, RebuiltItIsTheSameAgain) {
  const auto events = some_events(random, 1500);
  tell(with_repetitions(random, events, 200));
  ASSERT_EQ(once(), 0) << said;
  EXPECT_THAT(said, HasSubstr("repeated 200"));
  const auto before = group();
  sql("INSERT INTO analytics.digests_daily VALUES ('2020-01-01', 7, 7)");
  ASSERT_EQ(once({"--rebuild"}), 0) << said;
  EXPECT_EQ(stored(), sums_of(events, trades));
  EXPECT_NE(group(), before);
}

/// A week later: the heads of the topics are gone, in one partition all of it.
TEST_F(AnalyticsLive, WhatRetentionHasDeletedIsNotWaitedFor) {
  const auto topic = kafka::topic_name(prefix, Topic::digest_sent);
  std::vector<Event> events;
  for (int i = 0; i < 60; ++i)
    events.push_back(
      make_event(DigestSent{new_uuid(), UserId::of(std::to_string(i)), 4}, some_time(random)));
  tell(events);
  ASSERT_EQ(once(), 0) << said;
  EXPECT_THAT(said, HasSubstr("counted 60"));
  tell(events);
  constexpr auto all = -1;
  test::delete_records(kafka_settings.brokers, topic, 0, all);
  // Behind where the group stands, and before what it has not read.
  for (int partition : {1, 2})
    test::delete_records(kafka_settings.brokers, topic, partition, 1);
  ASSERT_EQ(once(), 0) << said;
  test::delete_records(kafka_settings.brokers, topic, 1, all);
  // A group that has never read begins behind the head.
  ASSERT_EQ(once({"--rebuild", "--patience", "20"}), 0) << said;
  const auto left = counted();
  EXPECT_GT(left, 0);
  EXPECT_LT(left, 60);
  test::delete_records(kafka_settings.brokers, topic, 2, all);
  ASSERT_EQ(once({"--rebuild", "--patience", "20"}), 0) << said;
  EXPECT_EQ(counted(), 0);
}

TEST_F(AnalyticsLive, WhatIsNoEventIsPassedOver) {
  const auto topic = kafka::topic_name(prefix, Topic::digest_sent);
  const auto good = make_event(DigestSent{new_uuid(), UserId::of("u"), 4}, some_time(random));
  auto wrong = kafka::to_record(good, topic);
  wrong.value = R"({"jobs":"four"})";
  for (auto& header : wrong.headers)
    if (header.name == "ce_id")
      header.value = to_string(new_uuid());
  write({{topic, "k", "not even JSON", {}}, {topic, "", "", {}}, wrong});
  tell({good});
  ASSERT_EQ(once(), 0) << said;
  EXPECT_THAT(said, HasSubstr("counted 1, repeated 0, of other types 0, unreadable 3"));
  EXPECT_EQ(stored(), sums_of({good}, trades));
}

TEST_F(AnalyticsLive, ItEndsWhenToldWhileItWaits) {
  auto program = start();
  tell({make_event(DigestSent{new_uuid(), UserId::of("u"), 4}, some_time(random))});
  ASSERT_TRUE(counts_more_than(0, *program)) << program->output();
  program->signal(SIGTERM);
  EXPECT_EQ(program->wait(), 0) << program->output();
  EXPECT_THAT(program->output(), HasSubstr("counted 1"));
}

TEST_F(AnalyticsLive, WhatIsMissingIsSaid) {
  struct Case {
    std::vector<std::string> arguments;
    int status;
    std::string words;
  };
  const Case cases[] = {
    {{}, 2, "no broker"},
    {{"--brokers", "127.0.0.1:1"}, 2, "no database"},
    {{"--nonsense"}, 2, "nonsense"},
    {{"--remember-days", "0"}, 2, "remember-days"},
    {{"--config", "/nowhere.toml"}, 2, "cannot read /nowhere.toml"},
    {{"--brokers", "x:1", "--database", "postgresql://127.0.0.1:1/x"},
     4,
     "the database: it cannot be reached"},
    {{"--brokers", "127.0.0.1:1", "--database", own->url(), "--once", "--patience", "1"},
     3,
     "given us no partition"}};
  for (const auto& [arguments, status, words] : cases) {
    Program program{arguments, {"JOBRAKER_LOG_LEVEL=error"}};
    EXPECT_EQ(program.wait(), status) << words << program.output();
    EXPECT_THAT(program.output(), HasSubstr(words));
  }
  Program wrong{{"--brokers", "x:1", "--database", own->url()},
                {"JOBRAKER_KAFKA_SECURITY_PROTOCOL=none"}};
  EXPECT_EQ(wrong.wait(), 2) << wrong.output();
  EXPECT_THAT(wrong.output(), HasSubstr("Kafka's settings"));
  Program help{{"--help"}, {}};
  EXPECT_EQ(help.wait(), 0);
  EXPECT_THAT(help.output(), HasSubstr("--rebuild"));
}

}  // namespace
}  // namespace jobraker::analytics
