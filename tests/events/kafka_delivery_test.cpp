#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "messages/make_event.hpp"
#include "net/kafka/cloud_events.hpp"
#include "net/kafka/consumer.hpp"
#include "net/kafka/producer.hpp"
#include "storage/outbox.hpp"
#include "tests/support/kafka.hpp"
#include "tests/support/pg.hpp"
#include "tools/bench/events/event_node.hpp"

namespace jobraker {
namespace {

using bench::EventNode;
using events::Consumer;
using events::Once;
using test::must;

/// From commits through the outbox, a real broker and consumers to effects, with everything in
/// between failing.
struct KafkaDeliveryTest : test::PgTest {
  void SetUp() override {
    PgTest::SetUp();
    if (!db)
      return;
    sql(
      "CREATE TABLE effects_seen (n bigint GENERATED ALWAYS AS IDENTITY, key text, value bigint)");
    config.events.poll_ms = 50;
    config.kafka.topic_prefix = test::unique_word() + "-";
    config.kafka.group_prefix = config.kafka.topic_prefix;
    config.kafka.partitions = 3;
  }

  /// One more event of a key, its number in the order of the key.
  void tell(const std::string& key) {
    auto value = ++numbers[key];
    Event event{
      new_uuid(), Topic::match_found, "jobraker.test.v1", key, now(), std::to_string(value), ""};
    ids.insert(event.id);
    for (;;) {
      auto told = run(storage::append_events(*db, {event}));
      if (told)
        return;
      // Its outcome is not known while PostgreSQL is away: the event is there or it is not.
      if (told.error().code != Errc::unavailable && told.error().code != Errc::timed_out)
        throw std::runtime_error(told.error().detail);
      auto there = wait_for_rows(event.id);
      if (there)
        return;
    }
  }
  bool wait_for_rows(Uuid id) {
    for (;;) {
      auto rows = run(db->query("SELECT (SELECT count(*) FROM outbox WHERE id = $1) + "
                                "(SELECT count(*) FROM consumed_events WHERE event = $1)",
                                {id}));
      if (rows)
        return rows->front().get<int>(0) > 0;
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
  }

  Consumer recorder(std::function<Done()> inside = {}) {
    return {"recorder",
            {Topic::match_found},
            [inside](const Event& event, const Once& once) -> task<Done> {
              auto fresh = co_await once([&](storage::Transaction& t) -> task<Done> {
                auto rows =
                  co_await t.query("INSERT INTO effects_seen (key, value) VALUES ($1, $2)",
                                   {event.key, std::stoll(event.data)});
                if (!rows)
                  co_return fail(std::move(rows.error()));
                if (inside)
                  co_return inside();
                co_return Done{};
              });
              if (!fresh)
                co_return fail(std::move(fresh.error()));
              co_return Done{};
            }};
  }

  template <class Check>
  void eventually(Check check, const char* what) {
    auto end = std::chrono::steady_clock::now() + std::chrono::minutes{2};
    while (!check()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << what;
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
  }
  std::size_t effects() {
    auto rows = run(db->query("SELECT count(*) FROM effects_seen"));
    return rows ? rows->front().get<std::size_t>(0) : 0;
  }

  /// Every event had one effect, those of each key in their order; the outbox is empty, and the
  /// topic holds every event, the first copies of each key in order.
  void check_all(const std::string& brokers) {
    eventually([&] { return effects() >= ids.size(); }, "not every event had its effect");
    std::map<std::string, std::vector<std::int64_t>> seen, expected;
    for (auto row : sql("SELECT key, value FROM effects_seen ORDER BY n"))
      seen[row.get<std::string>(0)].push_back(row.get<std::int64_t>(1));
    for (const auto& [key, last] : numbers)
      for (std::int64_t i = 1; i <= last; ++i)
        expected[key].push_back(i);
    EXPECT_EQ(seen, expected);
    eventually([&] { return must(run(storage::outbox_state(*db))).waiting == 0; },
               "the outbox is not empty");
    EXPECT_EQ(topic(brokers), expected);
  }

  /// What a stranger reads from the topic, without repetitions.
  std::map<std::string, std::vector<std::int64_t>> topic(const std::string& brokers) {
    std::mutex mutex;
    std::set<Uuid> known;
    std::map<std::string, std::vector<std::int64_t>> found;
    auto settings = net::kafka::settings_of(config.kafka);
    settings.brokers = brokers;
    net::kafka::Group group;
    group.name = test::unique_word();
    group.topics = {net::kafka::topic_name(config.kafka.topic_prefix, Topic::match_found)};
    group.handed_max = 1'000'000;
    net::kafka::ConsumerCalls calls;
    calls.on_record = [&](net::kafka::Received received) {
      auto event = net::kafka::from_record(received, Topic::match_found);
      std::lock_guard lock{mutex};
      if (event && known.insert(event->id).second)
        found[event->key].push_back(std::stoll(event->data));
    };
    auto reader = must(net::kafka::Consumer::open(settings, group, calls));
    eventually(
      [&] {
        std::lock_guard lock{mutex};
        return known.size() >= ids.size();
      },
      "the topic does not hold every event");
    reader->close(std::chrono::seconds{3});
    EXPECT_EQ(known, ids);
    return found;
  }

  Config config{};
  std::map<std::string, std::int64_t> numbers;
  std::set<Uuid> ids;
};

TEST_F(KafkaDeliveryTest, FromTheCommitToTheEffectOverABroker) {
  config.kafka.brokers = test::kafka_brokers();
  EventNode node{config, settings, {recorder()}};
  for (int i = 0; i < 200; ++i)
    tell(std::to_string(i % 7));
  check_all(config.kafka.brokers);
  node.stop(true);
}

TEST_F(KafkaDeliveryTest, ABrokerThatIsKilledPausedAndRestartedUnderLoadLosesNothing) {
  test::KafkaBroker broker;
  config.kafka.brokers = broker.address();
  EventNode node{config, settings, {recorder()}};
  auto some = [&](int from) {
    for (int i = from; i < from + 150; ++i)
      tell(std::to_string(i % 9));
  };
  some(0);
  broker.kill();
  some(150);
  broker.start();
  some(300);
  broker.pause();
  some(450);
  broker.resume();
  some(600);
  broker.kill();
  broker.start();
  some(750);
  check_all(broker.address());
  node.stop(true);
}

TEST_F(KafkaDeliveryTest, NodesThatDieBetweenEffectAndCommitRepeatNothing) {
  config.kafka.brokers = test::kafka_brokers();
  auto failures = std::make_shared<std::atomic<int>>(0);
  for (int round = 0; round < 4; ++round) {
    // Every seventh effect is undone at the last moment, as if the consumer had died there.
    EventNode node{config, settings, {recorder([failures]() -> Done {
                     if (failures->fetch_add(1) % 7 == 3)
                       return fail(Errc::unavailable, "died between effect and commit");
                     return {};
                   })}};
    for (int i = 0; i < 80; ++i)
      tell(std::to_string(i % 5));
    auto before = effects();
    eventually([&] { return round == 0 || effects() > before || effects() == ids.size(); },
               "nothing is handled");
    node.stop(false);
    sql("UPDATE outbox_leader SET until = now()");
  }
  EventNode last{config, settings, {recorder()}};
  check_all(config.kafka.brokers);
  EXPECT_GT(failures->load(), 7);
}

TEST_F(KafkaDeliveryTest, PostgresLosingItsConnectionsUnderLoadLosesNothing) {
  config.kafka.brokers = test::kafka_brokers();
  EventNode node{config, settings, {recorder()}};
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 60; ++i)
      tell(std::to_string(i % 5));
    // What a restart does to everybody: all connections end at once.
    sql(
      "WITH ended AS (SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
      "WHERE datname = current_database() AND pid <> pg_backend_pid()) SELECT count(*) FROM ended");
  }
  check_all(config.kafka.brokers);
  node.stop(true);
}

TEST_F(KafkaDeliveryTest, WhatIsNoEventGoesToTheDeadLettersAndHoldsUpNobody) {
  config.kafka.brokers = test::kafka_brokers();
  EventNode node{config, settings, {recorder()}};
  tell("k");
  eventually([&] { return effects() == 1; }, "the first event was not handled");
  auto settings_of_kafka = net::kafka::settings_of(config.kafka);
  std::atomic<bool> written{false};
  auto producer = must(net::kafka::Producer::open(
    settings_of_kafka, [&](std::vector<net::kafka::Delivery>) { written = true; }));
  auto name = net::kafka::topic_name(config.kafka.topic_prefix, Topic::match_found);
  must(producer->produce({name, "k", "not an event", {}}, 1));
  must(producer->flush(std::chrono::seconds{30}));
  EXPECT_TRUE(written);
  tell("k");
  eventually([&] { return effects() == 2; }, "the event after the broken one was not handled");
  auto letters = must(run(storage::list_dead_letters(*db, "recorder", {}, 10)));
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].event.data, "not an event");
  // It is told on the topic of dead letters, too.
  eventually([&] { return must(run(storage::outbox_state(*db))).waiting == 0; },
             "the dead letter was not told");
  std::mutex mutex;
  std::vector<net::kafka::Received> dead;
  net::kafka::Group group;
  group.name = test::unique_word();
  group.topics = {net::kafka::dead_letter_topic(name)};
  net::kafka::ConsumerCalls calls;
  calls.on_record = [&](net::kafka::Received received) {
    std::lock_guard lock{mutex};
    dead.push_back(std::move(received));
  };
  auto reader = must(net::kafka::Consumer::open(settings_of_kafka, group, calls));
  eventually(
    [&] {
      std::lock_guard lock{mutex};
      return !dead.empty();
    },
    "the topic of dead letters is empty");
  reader->close(std::chrono::seconds{3});
  EXPECT_EQ(dead[0].value, "not an event");
  bool reason = false;
  for (const auto& header : dead[0].headers)
    reason |= header.name == "dlq_error_message" && !header.value.empty();
  EXPECT_TRUE(reason);
}

}  // namespace
}  // namespace jobraker
