#include <set>

#include <gmock/gmock.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include "net/http/log.hpp"
#include "tests/kafka/helpers.hpp"
#include "tests/support/kafka.hpp"

namespace jobraker::net::kafka {
namespace {

using ::testing::SizeIs;

class KafkaOutage : public ::testing::Test {
protected:
  static void SetUpTestSuite() { broker = std::make_unique<test::KafkaBroker>(); }
  static void TearDownTestSuite() { broker.reset(); }

  /// Everything in `topic`, once all numbers below `count` are there.
  std::vector<Received> read_all(const std::string& topic, std::size_t count) {
    Reader reader{settings, group_of(test::unique_word(), topic)};
    std::set<std::string> seen;
    std::size_t looked = 0;
    EXPECT_TRUE(reader.records->wait([&](const std::vector<Received>& all) {
      for (; looked < all.size(); ++looked)
        seen.insert(all[looked].value);
      return seen.size() == count;
    }));
    return reader.records->all();
  }

  static inline std::unique_ptr<test::KafkaBroker> broker;
  Settings settings = settings_for(broker->address());
};

// What an outbox does: knows what is not persisted, by number, and begins anew with a producer of
// its own when the one before has failed.
class Relay {
public:
  Relay(const Settings& settings, std::string topic)
      : settings_(settings), topic_(std::move(topic)) {
    open();
  }

  void take(int number) {
    waiting_.insert(number);
    // A producer that has failed says no; look() sees to it.
    static_cast<void>(writer_->producer->produce(numbered(topic_, number), tag_of(number)));
  }
  /// Whether all is persisted.
  bool look() {
    const auto reports = writer_->reports->all();
    for (; looked_ < reports.size(); ++looked_)
      if (reports[looked_].outcome == Outcome::persisted)
        waiting_.erase(static_cast<int>(reports[looked_].tag));
    if (writer_->producer->fatal()) {
      writer_->producer->close(0ms);
      open();
      for (const auto number : waiting_)
        EXPECT_TRUE(writer_->producer->produce(numbered(topic_, number), tag_of(number)));
    }
    return waiting_.empty();
  }

private:
  static std::uint64_t tag_of(int number) { return static_cast<std::uint64_t>(number); }
  void open() {
    writer_ = std::make_unique<Writer>(settings_);
    looked_ = 0;
  }

  Settings settings_;
  std::string topic_;
  std::set<int> waiting_;
  std::unique_ptr<Writer> writer_;
  std::size_t looked_ = 0;
};

TEST_F(KafkaOutage, ABrokerThatIsKilledWhileProducingCostsNothingButRepetitions) {
  const auto topic = make_topic(settings, 3);
  Relay relay{settings, topic};
  int next = 0;
  for (int round = 0; round < 2; ++round) {
    for (; next % 3000 < 1000; ++next)
      relay.take(next);
    relay.look();
    for (; next % 3000 < 2000; ++next)
      relay.take(next);
    broker->kill();
    for (; next % 3000 != 0; ++next)
      relay.take(next);
    relay.look();
    broker->start();
    ASSERT_TRUE(eventually([&] { return relay.look(); }));
  }
  EXPECT_EQ(numbers_by_key(read_all(topic, 6000)), all_numbers(6000));
}

/// Watches what is logged.
class Watch : public spdlog::sinks::base_sink<std::mutex> {
public:
  explicit Watch(std::string word) : word_(std::move(word)) {}
  bool seen() const noexcept { return seen_; }

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (std::string_view{message.payload.data(), message.payload.size()}.find(word_) !=
        std::string_view::npos)
      seen_ = true;
  }
  void flush_() override {}

private:
  std::string word_;
  std::atomic<bool> seen_{false};
};

TEST_F(KafkaOutage, ABrokerThatHangsForLongerThanTheTimeOutGetsAllInOrder) {
  const auto topic = make_topic(settings, 2);
  const auto watch = std::make_shared<Watch>("imed out ProduceRequest");
  log().sinks().push_back(watch);
  log().set_level(spdlog::level::debug);
  settings.delivery_timeout = 1s;
  Relay relay{settings, topic};
  for (int i = 0; i < 500; ++i)
    relay.take(i);
  ASSERT_TRUE(eventually([&] { return relay.look(); }));
  broker->pause();
  for (int i = 500; i < 1000; ++i)
    relay.take(i);
  ASSERT_TRUE(eventually([&] { return watch->seen(); }));
  broker->resume();
  for (int i = 1000; i < 1500; ++i)
    relay.take(i);
  ASSERT_TRUE(eventually([&] { return relay.look(); }));
  EXPECT_EQ(numbers_by_key(read_all(topic, 1500)), all_numbers(1500));
}

TEST_F(KafkaOutage, AConsumerGoesOnAfterTheBrokersDeath) {
  const auto topic = make_topic(settings, 2);
  Reader reader{settings, group_of(test::unique_word(), topic)};
  write_numbers(settings, topic, 100);
  ASSERT_TRUE(reader.records->wait_for(100));
  broker->kill();
  broker->start();
  Writer writer{settings};
  for (int i = 100; i < 200; ++i)
    writer.produce(numbered(topic, i), static_cast<std::uint64_t>(i));
  ASSERT_TRUE(writer.producer->flush(patience));
  ASSERT_TRUE(reader.records->wait([](const std::vector<Received>& all) {
    std::set<std::string> seen;
    for (const auto& record : all)
      seen.insert(record.value);
    return seen.size() == 200;
  }));
  EXPECT_EQ(numbers_by_key(reader.records->all()), all_numbers(200));
  EXPECT_EQ(reader.consumer->fatal(), std::nullopt);
}

TEST_F(KafkaOutage, ClosingEndsWhileTheBrokerHangs) {
  const auto topic = make_topic(settings, 1);
  Reader reader{settings, group_of(test::unique_word(), topic)};
  Reader late{settings, group_of(test::unique_word(), topic)};
  write_numbers(settings, topic, 10);
  ASSERT_TRUE(reader.records->wait_for(10));
  ASSERT_TRUE(late.records->wait_for(10));
  Writer writer{settings};
  broker->pause();
  for (int i = 10; i < 20; ++i)
    writer.produce(numbered(topic, i), static_cast<std::uint64_t>(i));
  writer.producer->close(100ms);
  EXPECT_THAT(writer.outcomes(), SizeIs(10));
  reader.consumer->close(500ms);
  Reader never{settings, group_of(test::unique_word(), topic)};
  never.consumer->close(500ms);
  EXPECT_EQ(never.records->size(), 0U);
  broker->resume();
  EXPECT_EQ(reader.records->size(), 10U);
}

}  // namespace
}  // namespace jobraker::net::kafka
