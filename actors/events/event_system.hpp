#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "actors/events/consumer_actor.hpp"
#include "actors/events/event_services.hpp"
#include "actors/events/kafka_link.hpp"
#include "actors/events/local_publisher.hpp"
#include "actors/system/services.hpp"
#include "actors/system/supervised.hpp"
#include "messages/event_commands.hpp"

namespace jobraker::events {

/// The outbox, the consumers and the way to Kafka of one node, in the right order.
class EventSystem {
public:
  explicit EventSystem(Services& services);
  ~EventSystem();
  EventSystem(const EventSystem&) = delete;
  EventSystem& operator=(const EventSystem&) = delete;

  /// A consumer of this node; before start().
  void add(Consumer consumer);
  /// Begins to tell and to hear. With Kafka its topics are made when they are missing; that it is
  /// away is no error.
  Done start();
  /// What happens is committed from now on, but told by the next process: asks everybody to end,
  /// until the context's deadline.
  task<Done> finish(Context context);
  void close();

  /// Something may be in the outbox. From any thread.
  void wake() noexcept;
  Result<EventsDeskActor> desk() const { return desk_.find(); }
  Result<OutboxActor> outbox() const { return outbox_.find(); }
  const EventServices& shared() const noexcept { return events_; }

private:
  /// Brings an actor back after its crash, for whom nobody asks.
  template <class Handle>
  void keep(Supervised<Handle>& actor, const char* name);
  Result<std::unique_ptr<Publisher>> publisher(Report report);
  RecordDone record_done(std::size_t listener);

  Services& services_;
  EventServices events_;
  std::shared_ptr<LocalBus> bus_;     ///< without Kafka
  std::unique_ptr<KafkaLink> kafka_;  ///< with it
  std::atomic<bool> started_{false};
  std::vector<std::unique_ptr<Supervised<ConsumerActor>>> consumers_;
  Supervised<OutboxActor> outbox_;
  Supervised<EventsDeskActor> desk_;
};

}  // namespace jobraker::events
