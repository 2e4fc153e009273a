#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/kafka/consumer.hpp"
#include "net/kafka/producer.hpp"
#include "net/kafka/topics.hpp"

namespace jobraker::net::kafka {

using namespace std::chrono_literals;

/// Every wait in these tests ends after this; nothing is asserted about how long it takes.
inline constexpr auto patience = 120s;

/// What a thread of librdkafka writes and a test waits for.
template <class T>
class Box {
public:
  void put(T value) {
    {
      const std::lock_guard lock{mutex_};
      all_.push_back(std::move(value));
    }
    changed_.notify_all();
  }
  std::vector<T> all() const {
    const std::lock_guard lock{mutex_};
    return all_;
  }
  std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return all_.size();
  }
  /// Until `enough` says so of all that is there; false when it has not in time.
  bool wait(const std::function<bool(const std::vector<T>&)>& enough) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return enough(all_); });
  }
  bool wait_for(std::size_t count) {
    return wait([count](const auto& all) { return all.size() >= count; });
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> all_;
};

/// Until something holds that nobody tells of.
bool eventually(const std::function<bool()>& holds);

/// A producer and its reports.
struct Writer {
  explicit Writer(const Settings& settings);

  void produce(const Record& record, std::uint64_t tag);
  std::map<std::uint64_t, Outcome> outcomes() const;

  std::shared_ptr<Box<Delivery>> reports = std::make_shared<Box<Delivery>>();
  std::unique_ptr<Producer> producer;
};

/// A consumer and what it was handed. Everything is finished at once, unless told otherwise.
struct Reader {
  using Finish = std::function<bool(const Received&)>;
  Reader(
    const Settings& settings, Group group, Finish finish = [](const auto&) { return true; });
  ~Reader();

  void done(const Received& record) { consumer->done(record.from, record.offset); }
  std::vector<std::string> values() const;

  struct Shared;
  std::shared_ptr<Box<Received>> records = std::make_shared<Box<Received>>();
  std::shared_ptr<Box<TopicPartition>> revoked = std::make_shared<Box<TopicPartition>>();
  std::shared_ptr<Shared> shared;
  std::unique_ptr<Consumer> consumer;
};

Settings settings_for(std::string brokers);

/// A new topic, under a name of its own.
std::string make_topic(const Settings& settings, int partitions);

Group group_of(std::string name, std::string topic);

/// Writes `count` records with values 0, 1, … under keys k0 … k4 and waits until all are there.
void write_numbers(const Settings& settings, const std::string& topic, int count);

/// The numbers of each key, in order of arrival, repetitions left out.
std::map<std::string, std::vector<int>> numbers_by_key(const std::vector<Received>& records);

/// What numbers_by_key gives when nothing is lost or out of order.
std::map<std::string, std::vector<int>> all_numbers(int count);

/// `from`, …, `to` - 1 as text.
std::vector<std::string> numbers(int from, int to);

/// One record of the numbers that write_numbers() writes.
Record numbered(const std::string& topic, int number);

}  // namespace jobraker::net::kafka
