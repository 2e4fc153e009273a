#pragma once

#include <cstdint>

namespace jobraker::net::kafka {

/// How often librdkafka has warned or complained since the process began, of all producers and
/// consumers: lost connections, brokers that are away, refused requests. From any thread.
std::uint64_t complaints() noexcept;

}  // namespace jobraker::net::kafka
