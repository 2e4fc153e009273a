#pragma once

#include <functional>
#include <memory>

#include "actors/events/publisher.hpp"
#include "messages/result.hpp"
#include "net/kafka/settings.hpp"

namespace jobraker::events {

/// Takes a thing whose end blocks.
using CloseLater = std::function<void(std::shared_ptr<void>)>;

/// Tells rows to Kafka, over a producer of its own. Once one has failed nothing more is sent, and
/// what is said after it does not count (OutRows). When it goes, what waits is not sent any more;
/// `close_later` takes the producer. Errors: those of Producer::open.
Result<std::unique_ptr<Publisher>> open_kafka_publisher(const net::kafka::Settings& settings,
                                                        Report report, CloseLater close_later);

}  // namespace jobraker::events
