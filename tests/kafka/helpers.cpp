#include "tests/kafka/helpers.hpp"

#include <set>
#include <stdexcept>
#include <thread>

#include "tests/support/kafka.hpp"

namespace jobraker::net::kafka {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result)
    throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

}  // namespace

bool eventually(const std::function<bool()>& holds) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > give_up)
      return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

Writer::Writer(const Settings& settings)
    : producer(must(Producer::open(settings, [box = reports](std::vector<Delivery> batch) {
        for (auto& report : batch)
          box->put(std::move(report));
      }))) {}

void Writer::produce(const Record& record, std::uint64_t tag) {
  const auto done = producer->produce(record, tag);
  ASSERT_TRUE(done) << done.error().detail;
}

std::map<std::uint64_t, Outcome> Writer::outcomes() const {
  std::map<std::uint64_t, Outcome> outcomes;
  for (const auto& report : reports->all())
    EXPECT_TRUE(outcomes.emplace(report.tag, report.outcome).second)
      << "two reports for " << report.tag;
  return outcomes;
}

// The first record may arrive before `consumer` is known here.
struct Reader::Shared {
  std::mutex mutex;
  std::vector<std::pair<TopicPartition, std::int64_t>> early;
  Consumer* consumer = nullptr;

  void done(const Received& record) {
    const std::lock_guard lock{mutex};
    if (consumer != nullptr)
      consumer->done(record.from, record.offset);
    else
      early.emplace_back(record.from, record.offset);
  }
  void set(Consumer* known) {
    const std::lock_guard lock{mutex};
    consumer = known;
    for (const auto& [from, offset] : early)
      consumer->done(from, offset);
  }
};

Reader::Reader(const Settings& settings, Group group, Finish finish)
    : shared(std::make_shared<Shared>()) {
  ConsumerCalls calls;
  calls.on_record = [box = records, shared = shared, finish = std::move(finish)](Received record) {
    if (finish(record))
      shared->done(record);
    box->put(std::move(record));
  };
  calls.on_revoked = [box = revoked](const std::vector<TopicPartition>& partitions) {
    for (const auto& partition : partitions)
      box->put(partition);
  };
  consumer = must(Consumer::open(settings, std::move(group), std::move(calls)));
  shared->set(consumer.get());
}

Reader::~Reader() { consumer->close(10s); }

std::vector<std::string> Reader::values() const {
  std::vector<std::string> values;
  for (const auto& record : records->all())
    values.push_back(record.value);
  return values;
}

Settings settings_for(std::string brokers) {
  Settings settings;
  settings.brokers = std::move(brokers);
  settings.client_id = "jobraker-test";
  return settings;
}

std::string make_topic(const Settings& settings, int partitions) {
  auto name = test::unique_word();
  if (const auto made = ensure_topics(settings, {name}, partitions, 1, 60s); !made)
    throw std::runtime_error(made.error().detail);
  return name;
}

Group group_of(std::string name, std::string topic) {
  Group group;
  group.name = std::move(name);
  group.topics = {std::move(topic)};
  group.session_timeout = 6s;
  return group;
}

Record numbered(const std::string& topic, int number) {
  return {topic, "k" + std::to_string(number % 5), std::to_string(number), {}};
}

std::vector<std::string> numbers(int from, int to) {
  std::vector<std::string> all;
  for (int i = from; i < to; ++i)
    all.push_back(std::to_string(i));
  return all;
}

void write_numbers(const Settings& settings, const std::string& topic, int count) {
  Writer writer{settings};
  for (int i = 0; i < count; ++i)
    writer.produce(numbered(topic, i), static_cast<std::uint64_t>(i));
  ASSERT_TRUE(writer.producer->flush(patience));
}

std::map<std::string, std::vector<int>> numbers_by_key(const std::vector<Received>& records) {
  std::map<std::string, std::vector<int>> numbers;
  std::set<std::string> seen;
  for (const auto& record : records)
    if (seen.insert(record.value).second)
      numbers[record.key].push_back(std::stoi(record.value));
  return numbers;
}

std::map<std::string, std::vector<int>> all_numbers(int count) {
  std::map<std::string, std::vector<int>> numbers;
  for (int i = 0; i < count; ++i)
    numbers["k" + std::to_string(i % 5)].push_back(i);
  return numbers;
}

}  // namespace jobraker::net::kafka
