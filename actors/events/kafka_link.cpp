#include "actors/events/kafka_link.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/events/kafka_publisher.hpp"
#include "actors/events/kafka_records.hpp"
#include "net/kafka/consumer.hpp"
#include "net/kafka/topics.hpp"

namespace jobraker::events {
namespace {

constexpr std::chrono::milliseconds tend_every{500};
constexpr std::chrono::seconds topics_wait{10};
constexpr std::chrono::seconds leave_wait{3};

/// Lets all of them leave their groups at the same time; returns when the last has.
void close_all(std::vector<std::shared_ptr<net::kafka::Consumer>> consumers) {
  std::vector<std::thread> threads;
  for (auto& consumer : consumers)
    threads.emplace_back([&consumer] { consumer->close(leave_wait); });
  for (auto& thread : threads)
    thread.join();
}

}  // namespace

KafkaLink::KafkaLink(const KafkaConfig& config, EventServices& events)
    : config_(config), settings_(net::kafka::settings_of(config)), events_(events) {}

KafkaLink::~KafkaLink() { close(); }

void KafkaLink::start() {
  groups_.resize(events_.listeners.size());
  thread_ = std::thread{[this] { work(); }};
}

Result<std::unique_ptr<Publisher>> KafkaLink::open(Report report) {
  {
    std::lock_guard lock{mutex_};
    if (!topics_made_ || closing_)
      return fail(Errc::unavailable, "the topics are not there yet");
  }
  return open_kafka_publisher(settings_, std::move(report), [this](std::shared_ptr<void> producer) {
    close_later(std::move(producer));
  });
}

void KafkaLink::work() {
  std::unique_lock lock{mutex_};
  while (!closing_) {
    auto old = std::exchange(to_close_, {});
    lock.unlock();
    old.clear();
    if (topics_made_ || make_topics())
      tend_groups();
    lock.lock();
    wake_.wait_for(lock, tend_every, [this] { return closing_ || !to_close_.empty(); });
  }
}

bool KafkaLink::make_topics() {
  auto names = net::kafka::all_topic_names(settings_.topic_prefix);
  for (std::size_t i = 0, n = names.size(); i < n; ++i)
    names.push_back(net::kafka::dead_letter_topic(names[i]));
  auto made = net::kafka::ensure_topics(settings_, names, static_cast<int>(config_.partitions),
                                        static_cast<int>(config_.replication), topics_wait,
                                        [this] { return closing_.load(); });
  if (!made && closing_)
    return false;
  if (!made) {
    spdlog::warn("event=kafka.no_topics why=\"{}\"", made.error().detail);
    return false;
  }
  {
    std::lock_guard lock{mutex_};
    topics_made_ = true;
  }
  spdlog::info("event=kafka.ready topics={}", names.size());
  events_.wake();
  return true;
}

void KafkaLink::tend_groups() {
  for (std::size_t i = 0; i < groups_.size() && !closing_; ++i) {
    std::shared_ptr<net::kafka::Consumer> old;
    bool broken = false;
    {
      std::lock_guard lock{mutex_};
      auto& group = groups_[i];
      auto found = events_.listeners[i]->find();
      broken = !group.consumer || group.consumer->fatal() || group.broken ||
               (group.actor && found && found->address() != group.actor);
      if (broken)
        old = std::exchange(group.consumer, nullptr);
    }
    if (old)
      old->close(leave_wait);
    if (broken)
      open_group(i);
  }
}

void KafkaLink::open_group(std::size_t index) {
  auto& listener = *events_.listeners[index];
  auto actor = listener.find();
  if (!actor)
    return;
  net::kafka::Group group;
  group.name = settings_.group_prefix + listener.consumer.group;
  for (auto topic : listener.consumer.topics)
    group.topics.push_back(net::kafka::topic_name(settings_.topic_prefix, topic));
  {
    std::lock_guard lock{mutex_};
    groups_[index].actor = actor->address();
    groups_[index].broken = false;
    groups_[index].opening = true;
    ++groups_[index].opened;
  }
  net::kafka::ConsumerCalls calls;
  calls.on_record = [this, index](net::kafka::Received received) {
    hand_over(index, std::move(received));
  };
  auto open = net::kafka::Consumer::open(settings_, std::move(group), std::move(calls));
  if (!open) {
    spdlog::error("event=kafka.no_consumer group={} why=\"{}\"", listener.consumer.group,
                  open.error().detail);
    return opened(index, nullptr);
  }
  opened(index, std::move(*open));
}

void KafkaLink::opened(std::size_t index, std::shared_ptr<net::kafka::Consumer> consumer) {
  std::vector<std::pair<net::kafka::TopicPartition, std::int64_t>> early;
  {
    std::lock_guard lock{mutex_};
    auto& group = groups_[index];
    group.consumer = consumer;
    group.opening = false;
    early = std::exchange(group.done_early, {});
  }
  if (consumer)
    for (const auto& [from, offset] : early)
      consumer->done(from, offset);
}

void KafkaLink::hand_over(std::size_t index, net::kafka::Received received) {
  auto record = to_handle(settings_.topic_prefix, std::move(received));
  auto actor = events_.listeners[index]->find();
  std::lock_guard lock{mutex_};
  // The assignments of each member of the group are counted anew.
  record.epoch |= groups_[index].opened << 32U;
  // What the actor before this one had is lost with it: the group begins again where it had
  // committed.
  if (!actor || actor->address() != groups_[index].actor)
    groups_[index].broken = true;
  else
    caf::anon_send(*actor, std::move(record));
}

void KafkaLink::done(std::size_t listener, const HandleRecord& record) {
  std::shared_ptr<net::kafka::Consumer> consumer;
  {
    std::lock_guard lock{mutex_};
    auto& group = groups_[listener];
    consumer = group.consumer;
    // Of an earlier member of the group nothing need be said: its records come again.
    if (group.opening && record.epoch >> 32U == group.opened)
      group.done_early.emplace_back(net::kafka::TopicPartition{record.topic, record.partition},
                                    record.offset);
  }
  if (consumer)
    consumer->done({record.topic, record.partition}, record.offset);
}

std::vector<TopicLag> KafkaLink::lag(std::size_t listener) const {
  std::shared_ptr<net::kafka::Consumer> consumer;
  {
    std::lock_guard lock{mutex_};
    if (listener < groups_.size())
      consumer = groups_[listener].consumer;
  }
  std::vector<TopicLag> behind;
  if (!consumer)
    return behind;
  const auto partitions = consumer->lag();
  for (auto topic : events_.listeners[listener]->consumer.topics) {
    const auto name = net::kafka::topic_name(settings_.topic_prefix, topic);
    auto& of = behind.emplace_back(TopicLag{topic});
    for (const auto& partition : partitions)
      if (partition.of.topic == name)
        of.events += partition.records();
  }
  return behind;
}

void KafkaLink::close_later(std::shared_ptr<void> thing) {
  std::lock_guard lock{mutex_};
  if (closed_)
    return;  // there is no thread any more that could: it ends here
  to_close_.push_back(std::move(thing));
  wake_.notify_all();
}

void KafkaLink::close() {
  {
    std::lock_guard lock{mutex_};
    closing_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable())
    thread_.join();
  // Actors that are still at work may ask for them meanwhile.
  std::vector<std::shared_ptr<net::kafka::Consumer>> consumers;
  std::vector<std::shared_ptr<void>> rest;
  {
    std::lock_guard lock{mutex_};
    closed_ = true;
    for (auto& group : groups_)
      if (group.consumer)
        consumers.push_back(std::exchange(group.consumer, nullptr));
    rest.swap(to_close_);
  }
  close_all(std::move(consumers));
}

}  // namespace jobraker::events
