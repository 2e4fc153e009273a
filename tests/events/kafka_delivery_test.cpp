#include <atomic>
#include <mutex>
#include <thread>

#include "net/kafka/cloud_events.hpp"
#include "net/kafka/consumer.hpp"
#include "net/kafka/producer.hpp"
#include "storage/outbox.hpp"
#include "tests/events/kafka_delivery.hpp"
#include "tests/support/kafka.hpp"

namespace jobraker {
namespace {

using bench::EventNode;
using test::must;

struct KafkaDeliveryTest : test::KafkaDelivery {
  void SetUp() override {
    PgTest::SetUp();
    if (db)
      prepare();
  }
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
    eventually([&] { return round == 0 || effects() > before || effects() == told.ids.size(); },
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
