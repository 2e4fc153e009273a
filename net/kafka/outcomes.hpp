#pragma once

#include <string>

#include "messages/result.hpp"
#include "net/kafka/producer.hpp"

/// What librdkafka's codes mean for a record; of the producer alone.
namespace jobraker::net::kafka {

/// Of a record that was not persisted; `never_sent` when that is certain.
Outcome outcome_of(int code, bool never_sent);

/// Why a record was not taken over.
Error produce_error(int code, const std::string& topic);

}  // namespace jobraker::net::kafka
