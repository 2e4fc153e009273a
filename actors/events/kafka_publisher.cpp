#include "actors/events/kafka_publisher.hpp"

#include <mutex>
#include <vector>

#include "actors/events/core/out_rows.hpp"
#include "messages/json.hpp"
#include "net/kafka/cloud_events.hpp"
#include "net/kafka/producer.hpp"

namespace jobraker::events {
namespace {

using net::kafka::Delivery;
using net::kafka::Outcome;
using net::kafka::Producer;
using net::kafka::Record;

/// Who could not handle it, and why, as the outbox keeps it.
net::kafka::GivenUp given_up_of(const std::string& dead) {
  net::kafka::GivenUp given_up;
  auto document = json::Document::parse(dead);
  if (!document)
    return given_up;
  auto root = document->root();
  given_up.group = root["consumer"].string_or("");
  given_up.reason = root["reason"].string_or("");
  given_up.attempts = root["attempts"].integer().value_or(0);
  given_up.at = parse_rfc3339(root["failed_at"].string_or("")).value_or(Time{});
  return given_up;
}

Fate fate_of(Outcome outcome) {
  switch (outcome) {
  case Outcome::persisted:
    return Fate::told;
  case Outcome::refused:
    return Fate::refused;
  default:
    return Fate::failed;
  }
}

/// What is out. Shared with the producer's thread, which may outlive the publisher.
struct Sent {
  std::mutex mutex;
  OutRows rows;
  Report report;
  Producer* producer = nullptr;  ///< lives as long as it reports

  /// Gives a row to the producer; false once one has failed: it would overtake that one. Behind the
  /// mutex, so that whatever is given out before a failure is there to be purged after it.
  Result<bool> produce(const Record& record, std::int64_t seq) {
    std::lock_guard lock{mutex};
    if (rows.poisoned())
      return false;
    rows.give();
    if (auto produced = producer->produce(record, static_cast<std::uint64_t>(seq)); !produced) {
      rows.take_back();
      return fail(std::move(produced.error()));
    }
    return true;
  }
  void take(const std::vector<Delivery>& deliveries) {
    Delivered outcome;
    bool poisoned = false;
    {
      std::lock_guard lock{mutex};
      bool before = rows.poisoned();
      for (const auto& delivery : deliveries)
        rows.report(static_cast<std::int64_t>(delivery.tag), fate_of(delivery.outcome),
                    delivery.error, outcome.said);
      poisoned = rows.poisoned() && !before;
    }
    if (poisoned)
      producer->purge();
    const auto& said = outcome.said;
    if (!said.told.empty() || !said.refused.empty() || said.again || said.suspect != 0)
      report(std::move(outcome));
  }
};

class KafkaPublisher final : public Publisher {
public:
  KafkaPublisher(std::string topic_prefix, CloseLater close_later, std::shared_ptr<Sent> sent,
                 std::unique_ptr<Producer> producer)
      : topic_prefix_(std::move(topic_prefix)), close_later_(std::move(close_later)),
        sent_(std::move(sent)), producer_(std::move(producer)) {}
  ~KafkaPublisher() override {
    producer_->purge();
    close_later_(std::move(producer_));
  }

  bool offer(const storage::OutboxRow& row) override {
    auto topic = net::kafka::topic_name(topic_prefix_, row.event.topic);
    auto record =
      row.dead ? net::kafka::to_dead_letter(row.event, std::move(topic), given_up_of(*row.dead))
               : net::kafka::to_record(row.event, std::move(topic));
    auto produced = sent_->produce(record, row.seq);
    return produced ? *produced : settle(row.seq, produced.error());
  }

  bool lost() const override { return producer_->fatal().has_value(); }

private:
  /// A row that was not even taken: whether it is done with.
  bool settle(std::int64_t seq, const Error& error) {
    switch (error.code) {
    case Errc::unavailable:  // no room, or lost
      return false;
    case Errc::too_large:
    case Errc::invalid:
      sent_->report(Delivered{{.refused = {seq}, .why = error.detail}});
      return true;
    default:
      sent_->report(Delivered{{.again = true, .why = error.detail}});
      return false;
    }
  }

  std::string topic_prefix_;
  CloseLater close_later_;
  std::shared_ptr<Sent> sent_;
  std::shared_ptr<Producer> producer_;
};

}  // namespace

Result<std::unique_ptr<Publisher>> open_kafka_publisher(const net::kafka::Settings& settings,
                                                        Report report, CloseLater close_later) {
  auto sent = std::make_shared<Sent>();
  sent->report = std::move(report);
  auto producer = Producer::open(
    settings, [sent](const std::vector<Delivery>& deliveries) { sent->take(deliveries); });
  if (!producer)
    return fail(std::move(producer.error()));
  sent->producer = producer->get();
  return std::unique_ptr<Publisher>{std::make_unique<KafkaPublisher>(
    settings.topic_prefix, std::move(close_later), std::move(sent), std::move(*producer))};
}

}  // namespace jobraker::events
