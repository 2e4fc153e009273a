#include "actors/events/kafka_publisher.hpp"

#include <gmock/gmock.h>

#include "net/kafka/cloud_events.hpp"
#include "tests/kafka/helpers.hpp"
#include "tests/kafka/mock.hpp"

namespace jobraker::events {
namespace {

using namespace std::chrono_literals;
using net::kafka::Box;
using net::kafka::MockCluster;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

storage::OutboxRow row(std::int64_t seq, std::string data = "{}") {
  return {
    seq,
    {new_uuid(), Topic::match_found, "jobraker.test.v1", "one key", now(), std::move(data), ""},
    {}};
}

struct KafkaPublisherTest : testing::Test {
  KafkaPublisherTest() {
    mock.make_topic("match-found", 1);
    settings.linger = 0ms;
    open();
  }
  ~KafkaPublisherTest() override { publisher.reset(); }

  void open() {
    auto opened = open_kafka_publisher(
      settings, [box = reports](Delivered outcome) { box->put(std::move(outcome.said)); },
      [](std::shared_ptr<void>) {});
    if (!opened)
      throw std::runtime_error(opened.error().detail);
    publisher = std::move(*opened);
  }

  /// All that was reported, as if at once.
  Reported said() const {
    Reported all;
    for (const auto& one : reports->all()) {
      all.told.insert(all.told.end(), one.told.begin(), one.told.end());
      all.refused.insert(all.refused.end(), one.refused.begin(), one.refused.end());
      all.again = all.again || one.again;
      all.suspect = std::max(all.suspect, one.suspect);
      if (!one.why.empty())
        all.why = one.why;
    }
    return all;
  }
  bool wait(const std::function<bool(const Reported&)>& enough) {
    return net::kafka::eventually([&] { return enough(said()); });
  }

  MockCluster mock;
  net::kafka::Settings settings = net::kafka::settings_for(mock.brokers());
  std::shared_ptr<Box<Reported>> reports = std::make_shared<Box<Reported>>();
  std::unique_ptr<Publisher> publisher;
};

TEST_F(KafkaPublisherTest, SaysWhatIsTold) {
  for (std::int64_t i = 1; i <= 20; ++i)
    ASSERT_TRUE(publisher->offer(row(i)));
  ASSERT_TRUE(wait([](const auto& all) { return all.told.size() == 20; }));
  EXPECT_FALSE(said().again);
}

// The second record is on its way when the first is refused, and Kafka takes it.
TEST_F(KafkaPublisherTest, WhatSucceedsBehindAFailureIsNotToldYet) {
  ASSERT_TRUE(publisher->offer(row(1)));
  ASSERT_TRUE(wait([](const auto& all) { return all.told.size() == 1; }));
  mock.answer_late(MockCluster::produce, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 500);
  ASSERT_TRUE(publisher->offer(row(2)));
  ASSERT_TRUE(net::kafka::eventually([&] { return mock.left(MockCluster::produce) == 0; }));
  ASSERT_TRUE(publisher->offer(row(3)));
  ASSERT_TRUE(wait([](const auto& all) { return all.again; }));
  publisher.reset();
  EXPECT_THAT(said().told, ElementsAre(1));
  EXPECT_THAT(said().refused, IsEmpty());
  EXPECT_THAT(said().why, HasSubstr("TOPIC_AUTHORIZATION_FAILED"));
}

TEST_F(KafkaPublisherTest, ARowThatIsRefusedAloneIsSetAsideAndOthersGoOn) {
  ASSERT_TRUE(publisher->offer(row(1)));
  ASSERT_TRUE(wait([](const auto& all) { return all.told.size() == 1; }));
  std::int64_t seq = 1;
  for (auto error : {RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_RECORD}) {
    mock.answer(MockCluster::produce, {error});
    ASSERT_TRUE(publisher->offer(row(++seq)));
    ASSERT_TRUE(wait([&](const auto& all) { return all.refused.size() + 1 == std::size_t(seq); }))
      << error;
  }
  ASSERT_TRUE(publisher->offer(row(5)));
  ASSERT_TRUE(wait([](const auto& all) { return all.told.size() == 2; }));
  EXPECT_THAT(said().told, ElementsAre(1, 5));
  EXPECT_THAT(said().refused, ElementsAre(2, 3));
  EXPECT_FALSE(said().again);
}

TEST_F(KafkaPublisherTest, ARefusedRequestOfSeveralIsOnlySuspected) {
  settings.linger = 200ms;
  open();
  mock.answer(MockCluster::produce, {RD_KAFKA_RESP_ERR_INVALID_RECORD});
  for (std::int64_t i = 1; i <= 3; ++i)
    ASSERT_TRUE(publisher->offer(row(i)));
  ASSERT_TRUE(wait([](const auto& all) { return all.again; }));
  EXPECT_THAT(said().refused, IsEmpty());
  EXPECT_THAT(said().told, IsEmpty());
  EXPECT_EQ(said().suspect, 3);
}

TEST_F(KafkaPublisherTest, ARowThatIsTooLargeIsSetAsideAtOnce) {
  ASSERT_TRUE(publisher->offer(row(1, std::string(2'000'000, 'x'))));
  ASSERT_TRUE(publisher->offer(row(2)));
  ASSERT_TRUE(wait([](const auto& all) { return all.told.size() == 1; }));
  EXPECT_THAT(said().refused, ElementsAre(1));
  EXPECT_THAT(said().why, HasSubstr("too large"));
  EXPECT_FALSE(said().again);
}

// Not set aside: the rows are good, and somebody has to give the right.
TEST_F(KafkaPublisherTest, ATopicThatGivesNoRightIsSaidAloudAndTheRowKept) {
  ASSERT_TRUE(publisher->offer(row(1)));
  ASSERT_TRUE(wait([](const auto& all) { return all.told.size() == 1; }));
  mock.answer(MockCluster::produce, {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  ASSERT_TRUE(publisher->offer(row(2)));
  ASSERT_TRUE(wait([](const auto& all) { return all.again; }));
  ASSERT_FALSE(publisher->offer(row(2)));
  EXPECT_THAT(said().refused, IsEmpty());
  EXPECT_THAT(said().why, HasSubstr("TOPIC_AUTHORIZATION_FAILED"));
}

// The clock of this node, or a policy: the rows are good. One that comes after the failure must not
// be in the topic before the one that failed.
TEST_F(KafkaPublisherTest, AfterAFailureNothingIsTakenAndAnotherPublisherKeepsTheOrder) {
  std::int64_t seq = 1;
  ASSERT_TRUE(publisher->offer(row(seq, "1")));
  ASSERT_TRUE(wait([](const auto& all) { return all.told.size() == 1; }));
  for (auto error : {RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, RD_KAFKA_RESP_ERR_POLICY_VIOLATION}) {
    mock.answer(MockCluster::produce, {error});
    ++seq;
    const auto text = std::to_string(seq), next = std::to_string(seq + 1);
    const auto before = reports->size();
    ASSERT_TRUE(publisher->offer(row(seq, text)));
    ASSERT_TRUE(reports->wait_for(before + 1));
    EXPECT_TRUE(reports->all().back().again);
    for (int i = 0; i < 3; ++i)
      EXPECT_FALSE(publisher->offer(row(seq + 1, next)));
    EXPECT_FALSE(publisher->lost());
    open();
    ASSERT_TRUE(publisher->offer(row(seq, text)));
    ASSERT_TRUE(wait([&](const auto& all) { return all.told.size() == std::size_t(seq); }));
  }
  EXPECT_THAT(said().told, ElementsAre(1, 2, 3));
  EXPECT_THAT(said().refused, IsEmpty());
  net::kafka::Reader reader{settings, net::kafka::group_of("reader", "match-found")};
  ASSERT_TRUE(reader.records->wait_for(3));
  EXPECT_THAT(reader.values(), ElementsAre("1", "2", "3"));
}

}  // namespace
}  // namespace jobraker::events
