#pragma once

#include <string_view>

#include "actors/events/handles.hpp"
#include "net/kafka/record.hpp"

namespace jobraker::events {

/// A record as consumers get it. One that cannot be read carries the reason, an id made from its
/// place, and its key and value as far as they are text.
HandleRecord to_handle(std::string_view topic_prefix, net::kafka::Received received);

}  // namespace jobraker::events
