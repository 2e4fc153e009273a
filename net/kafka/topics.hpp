#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "messages/result.hpp"
#include "net/kafka/settings.hpp"

namespace jobraker::net::kafka {

/// Makes the topics that do not exist yet; those that do are left as they are, whatever their
/// numbers. Without the right to make topics it is enough that they exist. Returns when they can be
/// read and written. Blocks, in bad times for twice `limit` and some seconds: not for an I/O
/// thread. Gives up within some seconds when `stop` says so, which is asked now and then. Errors:
/// unavailable (no broker answers), upstream_failed (Kafka refuses; the detail names topic and
/// reason), invalid (settings), cancelled.
Done ensure_topics(const Settings& settings, const std::vector<std::string>& names, int partitions,
                   int replication, std::chrono::milliseconds limit,
                   const std::function<bool()>& stop = {});

}  // namespace jobraker::net::kafka
