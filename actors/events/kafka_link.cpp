#include "actors/events/kafka_link.hpp"

#include <algorithm>
#include <map>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "messages/json.hpp"
#include "net/kafka/cloud_events.hpp"
#include "net/kafka/consumer.hpp"
#include "net/kafka/producer.hpp"
#include "net/kafka/topics.hpp"

namespace jobraker::events {
namespace {

using net::kafka::Delivery;
using net::kafka::Outcome;
using net::kafka::Record;

constexpr std::chrono::milliseconds tend_every{500};
constexpr std::chrono::seconds topics_wait{10};

/// Where a dead letter's record says who could not handle it, and why.
void add_reason(Record& record, const std::string& dead) {
  auto document = json::Document::parse(dead);
  if (!document)
    return;
  auto root = document->root();
  record.headers.push_back({"dlq_original_topic", record.topic});
  record.headers.push_back({"dlq_consumer_group", root["consumer"].string_or("")});
  record.headers.push_back({"dlq_error_message", root["reason"].string_or("")});
  record.headers.push_back({"dlq_attempts", root["attempts"].dump()});
  record.headers.push_back({"dlq_failed_at", root["failed_at"].string_or("")});
}

/// What is not even text, as far as a table can hold it; the record itself stays in its topic.
std::string storable(std::string bytes) {
  bool plain = std::all_of(bytes.begin(), bytes.end(), [](char c) {
    return c != 0 && (static_cast<unsigned char>(c) & 0x80) == 0;
  });
  if (!plain)
    for (auto& c : bytes)
      if (c == 0 || (static_cast<unsigned char>(c) & 0x80) != 0)
        c = '?';
  return bytes;
}

/// Kafka will never take the record itself; a missing topic or right is an outage.
bool hopeless(const Delivery& delivery) {
  return delivery.outcome == Outcome::refused &&
         (delivery.error.find("SIZE_TOO_LARGE") != std::string::npos ||
          delivery.error.find("INVALID_RECORD") != std::string::npos);
}

}  // namespace

class KafkaLink::KafkaPublisher final : public Publisher {
public:
  KafkaPublisher(KafkaLink& link, Report report) : link_(link), sent_(std::make_shared<Sent>()) {
    sent_->report = std::move(report);
  }
  ~KafkaPublisher() override { link_.close_later(std::move(producer_)); }

  Done connect(const net::kafka::Settings& settings) {
    auto opened = net::kafka::Producer::open(
      settings, [sent = sent_](std::vector<Delivery> reports) { sent->take(std::move(reports)); });
    if (!opened)
      return fail(std::move(opened.error()));
    producer_ = std::move(*opened);
    return {};
  }

  bool offer(const storage::OutboxRow& row) override {
    auto record = net::kafka::to_record(
      row.event, net::kafka::topic_name(link_.settings_.topic_prefix, row.event.topic));
    if (row.dead) {
      add_reason(record, *row.dead);
      record.topic = net::kafka::dead_letter_topic(record.topic);
    }
    sent_->add(row);
    auto produced = producer_->produce(record, static_cast<std::uint64_t>(row.seq));
    if (produced)
      return true;
    auto error = std::move(produced.error());
    if (error.code == Errc::too_large) {
      sent_->take({Delivery{static_cast<std::uint64_t>(row.seq), Outcome::refused,
                            "SIZE_TOO_LARGE: " + error.detail}});
      return true;
    }
    sent_->drop(row.seq);
    return false;
  }

  bool lost() const override { return producer_->fatal().has_value(); }

private:
  /// What is out. Shared with the producer's thread, which may outlive the publisher.
  struct Sent {
    std::mutex mutex;
    Report report;
    std::map<std::int64_t, storage::OutboxRow> rows;

    void add(const storage::OutboxRow& row) {
      std::lock_guard lock{mutex};
      rows.insert_or_assign(row.seq, row);
    }
    void drop(std::int64_t seq) {
      std::lock_guard lock{mutex};
      rows.erase(seq);
    }
    void take(std::vector<Delivery> reports) {
      Delivered outcome;
      {
        std::lock_guard lock{mutex};
        for (auto& delivery : reports) {
          auto at = rows.find(static_cast<std::int64_t>(delivery.tag));
          if (at == rows.end())
            continue;
          if (delivery.outcome == Outcome::persisted)
            outcome.told.push_back(at->first);
          else if (hopeless(delivery))
            outcome.refused.push_back(std::move(at->second));
          else
            outcome.again = true;
          if (delivery.outcome != Outcome::persisted)
            outcome.why = std::move(delivery.error);
          rows.erase(at);
        }
      }
      report(std::move(outcome));
    }
  };

  KafkaLink& link_;
  std::shared_ptr<Sent> sent_;
  std::shared_ptr<net::kafka::Producer> producer_;
};

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
  auto publisher = std::make_unique<KafkaPublisher>(*this, std::move(report));
  if (auto connected = publisher->connect(settings_); !connected)
    return fail(std::move(connected.error()));
  return std::unique_ptr<Publisher>{std::move(publisher)};
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
                                        static_cast<int>(config_.replication), topics_wait);
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
  for (std::size_t i = 0; i < groups_.size(); ++i) {
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
      old->close(std::chrono::seconds{5});
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
  }
  net::kafka::ConsumerCalls calls;
  calls.on_record = [this, index](net::kafka::Received received) {
    hand_over(index, std::move(received));
  };
  auto opened = net::kafka::Consumer::open(settings_, std::move(group), std::move(calls));
  if (!opened) {
    spdlog::error("event=kafka.no_consumer group={} why=\"{}\"", listener.consumer.group,
                  opened.error().detail);
    return;
  }
  std::lock_guard lock{mutex_};
  groups_[index].consumer = std::move(*opened);
}

void KafkaLink::hand_over(std::size_t index, net::kafka::Received received) {
  auto topic = net::kafka::topic_of(settings_.topic_prefix, received.from.topic);
  HandleRecord record;
  record.topic = received.from.topic;
  record.partition = received.from.partition;
  record.offset = received.offset;
  record.epoch = received.epoch;
  auto event = topic ? net::kafka::from_record(received, *topic)
                     : Result<Event>{fail(Errc::malformed, "a topic of nobody's")};
  if (event) {
    record.event = std::move(*event);
  } else {
    record.unreadable = event.error().detail;
    record.event.id = uuid_of(received.from.topic + "/" + std::to_string(received.from.partition) +
                              "/" + std::to_string(received.offset));
    record.event.topic = topic.value_or(Topic::job_posted);
    record.event.key = storable(std::move(received.key));
    record.event.time = received.timestamp;
    record.event.data = storable(std::move(received.value));
  }
  auto actor = events_.listeners[index]->find();
  std::lock_guard lock{mutex_};
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
    consumer = groups_[listener].consumer;
  }
  if (consumer)
    consumer->done({record.topic, record.partition}, record.offset);
}

std::optional<std::int64_t> KafkaLink::lag(std::size_t listener) const {
  std::shared_ptr<net::kafka::Consumer> consumer;
  {
    std::lock_guard lock{mutex_};
    if (listener < groups_.size())
      consumer = groups_[listener].consumer;
  }
  if (!consumer)
    return std::nullopt;
  std::int64_t behind = 0;
  for (const auto& partition : consumer->lag())
    behind += partition.records();
  return behind;
}

void KafkaLink::close_later(std::shared_ptr<void> thing) {
  if (!thing)
    return;
  std::lock_guard lock{mutex_};
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
    for (auto& group : groups_)
      if (group.consumer)
        consumers.push_back(std::exchange(group.consumer, nullptr));
    rest.swap(to_close_);
  }
  for (auto& consumer : consumers)
    consumer->close(std::chrono::seconds{3});
}

}  // namespace jobraker::events
