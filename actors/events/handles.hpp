#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/events/core/out_rows.hpp"
#include "messages/accounts.hpp"
#include "messages/actor.hpp"
#include "messages/events.hpp"
#include "messages/handles.hpp"

/// How the outbox and the consumers speak with each other.
namespace jobraker::events {

/// INTERNAL: look into the outbox now.
struct Look {
  static constexpr auto type_name = "Look";
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: what became of rows that a publisher was given.
struct Delivered {
  static constexpr auto type_name = "Delivered";
  Reported said{};
  std::uint64_t publisher = 0;  ///< which one says so
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: an event to handle, from a Kafka topic or straight from the outbox, or what is wrong
/// with it. Its source hears when the effect is committed or it is set aside.
struct HandleRecord {
  static constexpr auto type_name = "HandleRecord";
  Event event{};  ///< when `unreadable` is empty; else only topic, key and data as far as known
  std::string unreadable{};
  std::string topic{};  ///< as Kafka names it; of the outbox none
  std::int32_t partition = 0;
  std::int64_t offset = 0;  ///< or its number in the outbox
  std::uint64_t epoch = 0;  ///< of the assignment it came under
  static constexpr auto fields() { return std::tuple{}; }
};

/// Ends the work in order: what is in flight is waited for, nothing new is begun.
struct Finish {
  static constexpr auto type_name = "Finish";
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/system/outbox`: tells what is in the outbox, on one node at a time.
using OutboxActor =
  caf::typed_actor<caf::reacts_to<Look>, caf::reacts_to<Tick>, caf::reacts_to<Delivered>,
                   caf::replies_to<Context, Finish>::with<Ok>>;

/// `/system/events/{consumer}`: one consumer's work.
using ConsumerActor =
  caf::typed_actor<caf::reacts_to<HandleRecord>, caf::replies_to<Context, Finish>::with<Ok>>;

}  // namespace jobraker::events
