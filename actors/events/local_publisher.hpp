#pragma once

#include <memory>
#include <mutex>

#include "actors/events/event_services.hpp"
#include "actors/events/publisher.hpp"

namespace jobraker::events {

/// Tells events to the consumers of this process, when there is no Kafka. An event is told when
/// every consumer of its topic is done with it. What a consumer that crashes had, its successor
/// gets in the same order; the others hear nothing twice.
class LocalBus : public std::enable_shared_from_this<LocalBus> {
public:
  explicit LocalBus(EventServices& events) : events_(events) {}

  Result<std::unique_ptr<Publisher>> open(Report report);
  /// The consumer of this index is done with a record.
  void done(std::size_t listener, const HandleRecord& record);

private:
  class Local;
  EventServices& events_;
  struct Open;
  std::shared_ptr<Open> open_;
  std::mutex mutex_;
};

}  // namespace jobraker::events
