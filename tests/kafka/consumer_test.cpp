#include <algorithm>
#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "tests/kafka/helpers.hpp"
#include "tests/support/kafka.hpp"
#include "tests/support/kafka_records.hpp"

namespace jobraker::net::kafka {
namespace {

using ::testing::SizeIs;

class KafkaConsumer : public ::testing::Test {
protected:
  Settings settings = settings_for(test::kafka_brokers());
  std::string group = test::unique_word();
};

TEST_F(KafkaConsumer, GoesOnWhereItWasCommitted) {
  const auto topic = make_topic(settings, 1);
  write_numbers(settings, topic, 100);
  {
    Reader reader{settings, group_of(group, topic),
                  [](const Received& record) { return record.offset < 60; }};
    ASSERT_TRUE(reader.records->wait_for(100));
  }
  Reader next{settings, group_of(group, topic)};
  ASSERT_TRUE(next.records->wait_for(40));
  EXPECT_EQ(next.values(), numbers(60, 100));
}

TEST_F(KafkaConsumer, HandsOverAgainFromTheFirstThatIsNotFinished) {
  const auto topic = make_topic(settings, 1);
  write_numbers(settings, topic, 10);
  {
    Reader reader{settings, group_of(group, topic),
                  [](const Received& record) { return record.offset != 3; }};
    ASSERT_TRUE(reader.records->wait_for(10));
    EXPECT_EQ(reader.consumer->unfinished(), 1U);
  }
  Reader next{settings, group_of(group, topic)};
  ASSERT_TRUE(next.records->wait_for(7));
  EXPECT_EQ(next.values(), numbers(3, 10));
}

TEST_F(KafkaConsumer, HandsOverNoMoreThanItsBoundAndLosesNothingByThat) {
  const auto topic = make_topic(settings, 3);
  write_numbers(settings, topic, 2000);
  auto narrow = group_of(group, topic);
  narrow.handed_max = 10;
  Reader reader{settings, narrow, [](const auto&) { return false; }};
  ASSERT_TRUE(reader.records->wait_for(10));
  std::size_t finished = 0;
  while (finished < 2000) {
    ASSERT_TRUE(reader.records->wait_for(finished + 1));
    const auto all = reader.records->all();
    ASSERT_LE(all.size(), finished + 10);
    ASSERT_LE(reader.consumer->unfinished(), 10U);
    for (; finished < all.size(); ++finished)
      reader.done(all[finished]);
  }
  EXPECT_THAT(reader.records->all(), SizeIs(2000));
  EXPECT_EQ(numbers_by_key(reader.records->all()), all_numbers(2000));
}

TEST_F(KafkaConsumer, GoesOnWithOtherPartitionsWhenOneIsStuck) {
  const auto topic = make_topic(settings, 6);
  Writer writer{settings};
  for (int i = 0; i < 600; ++i)
    writer.produce({topic, i % 2 == 0 ? "abc" : "foobar", std::to_string(i), {}}, 1);
  ASSERT_TRUE(writer.producer->flush(patience));
  auto narrow = group_of(group, topic);
  narrow.handed_max = 50;
  narrow.window_max = 20;
  Reader reader{settings, narrow, [](const Received& record) { return record.value != "0"; }};
  // All of the one key, and of the other no more than a window.
  const auto of = [](const std::vector<Received>& all, std::string_view key) {
    return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const Received& record) { return record.key == key; }));
  };
  ASSERT_TRUE(reader.records->wait([&](const auto& all) { return of(all, "foobar") == 300; }));
  ASSERT_TRUE(reader.records->wait([&](const auto& all) { return of(all, "abc") > 0; }));
  EXPECT_LE(of(reader.records->all(), "abc"), 20U);
  const auto all = reader.records->all();
  reader.done(*std::find_if(all.begin(), all.end(),
                            [](const Received& record) { return record.value == "0"; }));
  ASSERT_TRUE(reader.records->wait_for(600));
  EXPECT_THAT(numbers_by_key(reader.records->all())["abc"], SizeIs(300));
}

TEST_F(KafkaConsumer, TakesFinishesFromManyThreads) {
  const auto topic = make_topic(settings, 2);
  write_numbers(settings, topic, 4000);
  {
    auto wide = group_of(group, topic);
    wide.handed_max = 200;
    Reader reader{settings, wide, [](const auto&) { return false; }};
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (auto mine = next++; mine < 4000; mine = next++) {
          ASSERT_TRUE(reader.records->wait_for(mine + 1));
          reader.done(reader.records->all()[mine]);
        }
      });
    for (auto& thread : threads)
      thread.join();
    EXPECT_EQ(reader.consumer->unfinished(), 0U);
  }
  write_numbers(settings, topic, 5);
  Reader after{settings, group_of(group, topic)};
  ASSERT_TRUE(after.records->wait_for(5));
  EXPECT_THAT(after.records->all(), SizeIs(5));
}

TEST_F(KafkaConsumer, KnowsItsLag) {
  const auto topic = make_topic(settings, 1);
  write_numbers(settings, topic, 10);
  auto measured = group_of(group, topic);
  measured.lag_every = 20ms;
  const auto lag_is = [](const Reader& reader, std::int64_t position, std::int64_t end) {
    const auto lag = reader.consumer->lag();
    return lag.size() == 1 && lag[0].position == position && lag[0].end == end &&
           lag[0].records() == end - position;
  };
  {
    Reader reader{settings, measured, [](const auto&) { return false; }};
    ASSERT_TRUE(reader.records->wait_for(10));
    EXPECT_TRUE(eventually([&] { return lag_is(reader, 0, 10); }));
    for (const auto& record : reader.records->all())
      if (record.offset < 4)
        reader.done(record);
    EXPECT_TRUE(eventually([&] { return lag_is(reader, 4, 10); }));
    for (const auto& record : reader.records->all())
      reader.done(record);
    EXPECT_TRUE(eventually([&] { return lag_is(reader, 10, 10); }));
  }
  // Before anything is handed over it is what was committed.
  Reader next{settings, measured, [](const auto&) { return false; }};
  EXPECT_TRUE(eventually([&] { return lag_is(next, 10, 10); }));
  write_numbers(settings, topic, 3);
  EXPECT_TRUE(eventually([&] { return lag_is(next, 10, 13); }));
}

TEST_F(KafkaConsumer, DoesNotWaitForWhatRetentionHasDeleted) {
  const auto topic = make_topic(settings, 1);
  write_numbers(settings, topic, 10);
  auto measured = group_of(group, topic);
  measured.lag_every = 20ms;
  const auto lag_is = [](const Reader& reader, std::int64_t position, std::int64_t end) {
    const auto lag = reader.consumer->lag();
    return lag.size() == 1 && lag[0].position == position && lag[0].end == end;
  };
  {
    Reader reader{settings, measured, [](const auto& record) { return record.offset < 2; }};
    EXPECT_TRUE(eventually([&] { return lag_is(reader, 2, 10); }));
  }
  test::delete_records(settings.brokers, topic, 0, 4);
  Reader reader{settings, measured, [](const auto&) { return false; }};
  EXPECT_TRUE(eventually([&] { return lag_is(reader, 4, 10); }));
  ASSERT_TRUE(reader.records->wait_for(6));
  EXPECT_EQ(reader.records->all().front().offset, 4);
  // All of it, with nothing finished: nothing is left to come.
  test::delete_records(settings.brokers, topic, 0, 10);
  EXPECT_TRUE(eventually([&] { return lag_is(reader, 10, 10); }));
}

}  // namespace
}  // namespace jobraker::net::kafka
