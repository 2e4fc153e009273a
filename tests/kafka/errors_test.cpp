#include <gmock/gmock.h>

#include "tests/kafka/helpers.hpp"
#include "tests/kafka/mock.hpp"

namespace jobraker::net::kafka {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

class KafkaErrors : public ::testing::Test {
protected:
  KafkaErrors() { mock.make_topic("jobs", 1); }

  void produce(Writer& writer, int from, int to) {
    for (int i = from; i < to; ++i)
      writer.produce(numbered("jobs", i), static_cast<std::uint64_t>(i));
  }
  std::vector<std::string> read(std::size_t count) {
    Reader reader{settings, group_of("reader", "jobs")};
    EXPECT_TRUE(reader.records->wait_for(count));
    return reader.values();
  }

  MockCluster mock;
  Settings settings = settings_for(mock.brokers());
};

TEST_F(KafkaErrors, ThatPassAreNoneOfTheCallersBusiness) {
  mock.answer(MockCluster::produce,
              {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
               RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR__TRANSPORT});
  Writer writer{settings};
  produce(writer, 0, 20);
  ASSERT_TRUE(writer.producer->flush(patience));
  EXPECT_THAT(writer.outcomes(), AllOf(SizeIs(20), Each(Pair(_, Outcome::persisted))));
  EXPECT_EQ(read(20), numbers(0, 20));
}

TEST_F(KafkaErrors, AFullQueueIsSaidAtOnceAndPasses) {
  settings.queue_records = 10;
  Writer writer{settings};
  mock.set_down();
  produce(writer, 0, 10);
  const auto done = writer.producer->produce(numbered("jobs", 10), 10);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::unavailable);
  EXPECT_THAT(done.error().detail, HasSubstr("full"));
  EXPECT_EQ(writer.producer->waiting(), 10U);
  EXPECT_EQ(writer.producer->fatal(), std::nullopt);

  mock.set_up();
  ASSERT_TRUE(writer.reports->wait_for(10));
  ASSERT_TRUE(
    eventually([&] { return writer.producer->produce(numbered("jobs", 10), 10).has_value(); }));
  ASSERT_TRUE(writer.reports->wait_for(11));
  EXPECT_THAT(writer.outcomes(), AllOf(SizeIs(11), Each(Pair(_, Outcome::persisted))));
}

TEST_F(KafkaErrors, ATopicWithoutARightIsReportedAsBarred) {
  Writer writer{settings};
  produce(writer, 0, 1);
  ASSERT_TRUE(writer.producer->flush(patience));
  mock.answer(MockCluster::produce, {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  produce(writer, 1, 2);
  ASSERT_TRUE(writer.reports->wait_for(2));
  const auto barred = writer.reports->all().back();
  EXPECT_EQ(barred.tag, 1U);
  EXPECT_EQ(barred.outcome, Outcome::barred);
  EXPECT_THAT(barred.error, HasSubstr("TOPIC_AUTHORIZATION_FAILED"));
  EXPECT_EQ(writer.producer->fatal(), std::nullopt);
  // Until Kafka is asked again the topic is refused at once; then all is well.
  // With headers, as every event has them: librdkafka 2.0.2 would free some twice.
  auto with_headers = numbered("jobs", 2);
  with_headers.headers = {{"a", "1"}, {"b", std::string(100, 'x')}};
  const auto at_once = writer.producer->produce(with_headers, 2);
  ASSERT_FALSE(at_once);
  EXPECT_EQ(at_once.error().code, Errc::upstream_failed);
  EXPECT_THAT(at_once.error().detail, HasSubstr("TOPIC_AUTHORIZATION_FAILED"));
  ASSERT_TRUE(
    eventually([&] { return writer.producer->produce(numbered("jobs", 3), 3).has_value(); }));
  ASSERT_TRUE(writer.reports->wait_for(3));
  EXPECT_EQ(writer.reports->all().back().tag, 3U);
  EXPECT_EQ(writer.reports->all().back().outcome, Outcome::persisted);
}

TEST_F(KafkaErrors, WhatBreaksARuleOfKafkasIsReportedAsRefused) {
  Writer writer{settings};
  produce(writer, 0, 1);
  ASSERT_TRUE(writer.producer->flush(patience));
  int tag = 0;
  for (const auto error :
       {RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE}) {
    mock.answer(MockCluster::produce, {error});
    ++tag;
    produce(writer, tag, tag + 1);
    ASSERT_TRUE(writer.reports->wait_for(static_cast<std::size_t>(tag) + 1));
    EXPECT_EQ(writer.reports->all().back().outcome, Outcome::refused) << error;
    EXPECT_EQ(writer.producer->fatal(), std::nullopt);
  }
}

// Neither is the record's fault: the next one would fare no better.
TEST_F(KafkaErrors, AWrongClockAndATopicsPolicyAreReportedAsBarred) {
  Writer writer{settings};
  produce(writer, 0, 1);
  ASSERT_TRUE(writer.producer->flush(patience));
  int tag = 0;
  for (const auto error :
       {RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, RD_KAFKA_RESP_ERR_POLICY_VIOLATION}) {
    mock.answer(MockCluster::produce, {error});
    ++tag;
    produce(writer, tag, tag + 1);
    ASSERT_TRUE(writer.reports->wait_for(static_cast<std::size_t>(tag) + 1));
    EXPECT_EQ(writer.reports->all().back().outcome, Outcome::barred) << error;
    EXPECT_EQ(writer.producer->fatal(), std::nullopt);
  }
}

TEST_F(KafkaErrors, WhatIsPurgedIsReportedAndTheProducerGoesOn) {
  Writer writer{settings};
  mock.set_down();
  produce(writer, 0, 7);
  writer.producer->purge();
  ASSERT_TRUE(writer.reports->wait_for(7));
  EXPECT_THAT(writer.outcomes(), AllOf(SizeIs(7), Each(Pair(_, Outcome::not_persisted))));
  mock.set_up();
  produce(writer, 7, 8);
  ASSERT_TRUE(writer.producer->flush(patience));
  EXPECT_EQ(writer.outcomes().at(7), Outcome::persisted);
}

TEST_F(KafkaErrors, AFatalOneEndsTheProducerAndAnotherGoesOn) {
  Writer writer{settings};
  produce(writer, 0, 1);
  ASSERT_TRUE(writer.producer->flush(patience));
  mock.answer(MockCluster::produce, {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  produce(writer, 1, 5);
  ASSERT_TRUE(eventually([&] { return writer.producer->fatal().has_value(); }));
  EXPECT_EQ(writer.producer->fatal()->code, Errc::unavailable);
  EXPECT_THAT(writer.producer->fatal()->detail, HasSubstr("OUT_OF_ORDER_SEQUENCE_NUMBER"));
  const auto refused = writer.producer->produce(numbered("jobs", 5), 5);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  writer.producer->close(1s);
  // Nothing was kept, and that is what was said of each.
  const auto outcomes = writer.outcomes();
  ASSERT_THAT(outcomes, SizeIs(5));
  EXPECT_EQ(outcomes.at(0), Outcome::persisted);
  for (std::uint64_t tag = 1; tag < 5; ++tag)
    EXPECT_NE(outcomes.at(tag), Outcome::persisted);

  Writer another{settings};
  produce(another, 1, 5);
  ASSERT_TRUE(another.producer->flush(patience));
  EXPECT_EQ(read(5), numbers(0, 5));
}

TEST_F(KafkaErrors, ClosingWithoutABrokerReportsWhatWasDropped) {
  mock.set_down();
  Writer writer{settings};
  produce(writer, 0, 7);
  EXPECT_EQ(writer.producer->flush(1ms).error().code, Errc::timed_out);
  writer.producer->close(1ms);
  EXPECT_THAT(writer.outcomes(), AllOf(SizeIs(7), Each(Pair(_, Outcome::not_persisted))));
  EXPECT_EQ(writer.producer->produce(numbered("jobs", 8), 8).error().code, Errc::unavailable);
  EXPECT_EQ(writer.producer->waiting(), 0U);
  writer.producer->close(1ms);
}

TEST_F(KafkaErrors, AMemberThatItsGroupForgotComesBackAndHearsTheRestAgain) {
  Writer writer{settings};
  produce(writer, 0, 10);
  ASSERT_TRUE(writer.producer->flush(patience));
  const auto group = group_of("forgotten", "jobs");
  Reader reader{settings, group, [](const Received& record) { return record.offset < 4; }};
  ASSERT_TRUE(reader.records->wait_for(10));
  mock.answer(MockCluster::heartbeat, {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID});
  ASSERT_TRUE(reader.revoked->wait_for(1));
  ASSERT_TRUE(reader.records->wait(
    [](const auto& all) { return all.size() > 10 && all.back().offset == 9; }));
  const auto all = reader.records->all();
  // It begins again at or before the first that is not finished.
  EXPECT_LE(all[10].offset, 4);
  EXPECT_GT(all[10].epoch, all[9].epoch);
  EXPECT_EQ(reader.consumer->fatal(), std::nullopt);
}

TEST_F(KafkaErrors, ACommitThatFailsIsMadeAgain) {
  Writer writer{settings};
  produce(writer, 0, 10);
  ASSERT_TRUE(writer.producer->flush(patience));
  mock.answer(MockCluster::offset_commit, {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
                                           RD_KAFKA_RESP_ERR_NOT_COORDINATOR_FOR_GROUP});
  {
    Reader reader{settings, group_of("committer", "jobs")};
    ASSERT_TRUE(reader.records->wait_for(10));
    ASSERT_TRUE(eventually([&] { return mock.left(MockCluster::offset_commit) == 0; }));
  }
  produce(writer, 10, 11);
  Reader next{settings, group_of("committer", "jobs")};
  ASSERT_TRUE(next.records->wait_for(1));
  EXPECT_EQ(next.values(), numbers(10, 11));
}

TEST_F(KafkaErrors, AConsumerWithoutABrokerIsOpenedAndClosed) {
  mock.set_down();
  Reader reader{settings, group_of("nobody", "jobs")};
  reader.consumer->close(1s);
  EXPECT_EQ(reader.records->size(), 0U);
}

// librdkafka 2.0.2 would abort the process (issue 4312).
TEST_F(KafkaErrors, AConsumerClosedBetweenJoiningAndItsFirstPartitionsHarmsNobody) {
  for (int i = 0; i < 3; ++i)
    mock.delay(MockCluster::sync_group, 60000);
  Reader reader{settings, group_of("hasty", "jobs")};
  ASSERT_TRUE(eventually([&] { return mock.left(MockCluster::sync_group) == 2; }));
  reader.consumer->close(500ms);
  EXPECT_EQ(reader.records->size(), 0U);
}

TEST_F(KafkaErrors, TopicsAreNotMadeWithoutABroker) {
  mock.set_down();
  const auto made = ensure_topics(settings, {"other"}, 1, 1, 300ms);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::unavailable);
}

// Without being told to stop it would wait for half an hour.
TEST_F(KafkaErrors, MakingTopicsStopsWhenItIsTold) {
  mock.set_down();
  int asked = 0;
  const auto made = ensure_topics(settings, {"other"}, 1, 1, 30min, [&] { return ++asked > 2; });
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::cancelled);
}

}  // namespace
}  // namespace jobraker::net::kafka
