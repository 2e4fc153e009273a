#include <algorithm>

#include <gmock/gmock.h>
#include <librdkafka/rdkafka.h>

#include "tests/kafka/helpers.hpp"
#include "tests/support/kafka.hpp"

namespace jobraker::net::kafka {
namespace {

using ::testing::HasSubstr;

class KafkaProducer : public ::testing::Test {
protected:
  Settings settings = settings_for(test::kafka_brokers());

  /// As many records as have arrived in `topic`, in order of partition and offset.
  std::vector<Received> read(const std::string& topic, std::size_t count) {
    Reader reader{settings, group_of(test::unique_word(), topic)};
    EXPECT_TRUE(reader.records->wait_for(count));
    return reader.records->all();
  }
};

int partition_count(const Settings& settings, const std::string& topic) {
  auto* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", settings.brokers.c_str(), nullptr, 0);
  auto* handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
  auto* wanted = rd_kafka_topic_new(handle, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* found = nullptr;
  int count = -1;
  if (rd_kafka_metadata(handle, 0, wanted, &found, 60000) == 0) {
    count = found->topics[0].err == 0 ? found->topics[0].partition_cnt : 0;
    rd_kafka_metadata_destroy(found);
  }
  rd_kafka_topic_destroy(wanted);
  rd_kafka_destroy(handle);
  return count;
}

TEST_F(KafkaProducer, FindsTheTopicsThatWereMadeAndLeavesThemAsTheyAre) {
  const auto first = test::unique_word();
  const auto second = test::unique_word();
  EXPECT_EQ(partition_count(settings, first), 0);
  ASSERT_TRUE(ensure_topics(settings, {first}, 3, 1, 60s));
  ASSERT_TRUE(ensure_topics(settings, {first, second}, 5, 1, 60s));
  EXPECT_EQ(partition_count(settings, first), 3);
  EXPECT_EQ(partition_count(settings, second), 5);
  EXPECT_TRUE(ensure_topics(settings, {}, 1, 1, 60s));
}

TEST_F(KafkaProducer, TopicsThatKafkaRefusesAreNamed) {
  const auto topic = test::unique_word();
  const auto made = ensure_topics(settings, {topic}, 1, 7, 60s);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::upstream_failed);
  EXPECT_THAT(made.error().detail, HasSubstr(topic));
  EXPECT_THAT(made.error().detail, HasSubstr("eplication"));
}

TEST_F(KafkaProducer, BringsKeyValueAndHeadersAsTheyAre) {
  const auto topic = make_topic(settings, 1);
  std::string bytes;
  for (int i = 0; i < 256; ++i)
    bytes.push_back(static_cast<char>(i));
  const std::vector<Record> records{
    {topic, "key", "value", {{"a", "1"}, {"b", ""}, {"a", bytes}}},
    {topic, bytes, bytes, {}},
    {topic, "", "", {}},
  };
  Writer writer{settings};
  for (std::size_t i = 0; i < records.size(); ++i)
    writer.produce(records[i], i);
  ASSERT_TRUE(writer.producer->flush(patience));
  const auto arrived = read(topic, records.size());
  ASSERT_EQ(arrived.size(), records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(arrived[i].from, (TopicPartition{topic, 0}));
    EXPECT_EQ(arrived[i].offset, static_cast<std::int64_t>(i));
    EXPECT_EQ(arrived[i].key, records[i].key);
    EXPECT_EQ(arrived[i].value, records[i].value);
    EXPECT_EQ(arrived[i].headers, records[i].headers);
    EXPECT_GT(arrived[i].timestamp, Time{std::chrono::days{365 * 50}});
  }
}

TEST_F(KafkaProducer, ReportsEachRecordOnceWhateverItsTag) {
  const auto topic = make_topic(settings, 3);
  Writer writer{settings};
  std::map<std::uint64_t, Outcome> expected;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const auto tag = i % 2 == 0 ? i : ~i;
    writer.produce({topic, "k" + std::to_string(i), "v", {}}, tag);
    expected[tag] = Outcome::persisted;
  }
  ASSERT_TRUE(writer.reports->wait_for(2000));
  EXPECT_EQ(writer.outcomes(), expected);
  EXPECT_TRUE(eventually([&] { return writer.producer->waiting() == 0; }));
  EXPECT_EQ(writer.producer->fatal(), std::nullopt);
}

TEST_F(KafkaProducer, KeepsTheOrderOfEachKey) {
  const auto topic = make_topic(settings, 3);
  write_numbers(settings, topic, 3000);
  const auto arrived = read(topic, 3000);
  EXPECT_EQ(arrived.size(), 3000U);
  EXPECT_EQ(numbers_by_key(arrived), all_numbers(3000));
}

TEST_F(KafkaProducer, ChoosesThePartitionThatJavaWouldChoose) {
  // murmur2 of these keys, as Apache Kafka's own tests have it (UtilsTest.testMurmur2).
  const std::vector<std::pair<std::string, std::int32_t>> hashes{
    {"21", -973932308},
    {"foobar", -790332482},
    {"a-little-bit-long-string", -985981536},
    {"a-little-bit-longer-string", -1486304829},
    {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
    {"abc", 479470107},
  };
  constexpr int partitions = 7;
  const auto topic = make_topic(settings, partitions);
  Writer writer{settings};
  for (const auto& [key, hash] : hashes)
    writer.produce({topic, key, "v", {}}, 1);
  ASSERT_TRUE(writer.producer->flush(patience));
  std::map<std::string, std::int32_t> found;
  for (const auto& record : read(topic, hashes.size()))
    found[record.key] = record.from.partition;
  for (const auto& [key, hash] : hashes)
    EXPECT_EQ(found[key], (hash & 0x7fffffff) % partitions) << key;
}

TEST_F(KafkaProducer, RefusesARecordThatIsTooLargeAtOnce) {
  const auto topic = make_topic(settings, 1);
  Writer writer{settings};
  const auto done = writer.producer->produce({topic, "k", std::string(2'000'000, 'x'), {}}, 1);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::too_large);
  EXPECT_EQ(writer.producer->waiting(), 0U);
}

TEST_F(KafkaProducer, OpensOnlyWithSettingsThatMakeSense) {
  const auto open = [](const Settings& s) {
    auto producer = Producer::open(s, [](auto) {});
    return producer ? Error{} : producer.error();
  };
  auto wrong = settings;
  wrong.brokers.clear();
  EXPECT_EQ(open(wrong).code, Errc::invalid);
  wrong = settings;
  wrong.compression = "middling";
  EXPECT_EQ(open(wrong).code, Errc::invalid);
  EXPECT_THAT(open(wrong).detail, HasSubstr("compression"));
  wrong = settings;
  wrong.security_protocol = "sasl_plaintext";
  wrong.sasl_mechanism = "MAGIC";
  wrong.sasl_username = "user";
  wrong.sasl_password = "secret";
  EXPECT_EQ(open(wrong).code, Errc::invalid);
  EXPECT_THAT(open(wrong).detail, ::testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace jobraker::net::kafka
