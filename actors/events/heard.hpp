#pragma once

#include "config/config.hpp"

namespace jobraker {

/// Whether events leave the server. Of model calls and ended turns nothing inside it wants to hear,
/// so they are only put into the outbox when this holds; all other events always are.
inline bool heard_outside(const Config& config) { return !config.kafka.brokers.empty(); }

}  // namespace jobraker
