#pragma once

#include <functional>
#include <memory>

#include "actors/events/event_services.hpp"
#include "actors/events/publisher.hpp"
#include "actors/system/services.hpp"

namespace jobraker::events {

/// Makes the publisher anew; an error when it cannot be had at the moment.
using MakePublisher = std::function<Result<std::unique_ptr<Publisher>>(Report)>;

/// `/system/outbox`: while this node leads, reads the outbox in order, hands each row to the
/// publisher, and removes it once it is told. What was told and not yet removed when a process ends
/// is told again: (source, id) tells repetitions.
OutboxActor start_outbox(Services& services, MakePublisher make, const std::string& path);

}  // namespace jobraker::events
