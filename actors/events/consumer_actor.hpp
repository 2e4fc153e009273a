#pragma once

#include "actors/events/event_services.hpp"
#include "actors/system/services.hpp"

namespace jobraker::events {

/// Tells the source of a record that it is done with: its effect is committed or it is set aside.
using RecordDone = std::function<void(const HandleRecord&)>;

/// `/system/events/{name}`: runs one consumer. Events of one key one after the other, those of
/// different keys at the same time, at most `events.handled_at_once`; during an outage of somebody
/// it waits and tries again, what cannot be handled goes to the dead letters, and nothing is
/// reported as done before its effect, or the dead letter, is committed. `done` hears of records.
ConsumerActor start_consumer(Services& services, std::shared_ptr<Listener> listener,
                             RecordDone done, const std::string& path);

}  // namespace jobraker::events
