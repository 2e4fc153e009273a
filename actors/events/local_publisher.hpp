#pragma once

#include <memory>
#include <mutex>

#include "actors/events/event_services.hpp"
#include "actors/events/publisher.hpp"

namespace jobraker::events {

/// Tells events to the consumers of this process, when there is no Kafka. An event is told when
/// every consumer of its topic is done with it.
class LocalBus : public std::enable_shared_from_this<LocalBus> {
public:
  explicit LocalBus(EventServices& events) : events_(events) {}

  Result<std::unique_ptr<Publisher>> open(Report report);
  /// A consumer is done with a record.
  void done(const HandleRecord& record);

private:
  class Local;
  EventServices& events_;
  struct Open;
  std::shared_ptr<Open> open_;
  std::mutex mutex_;
};

}  // namespace jobraker::events
