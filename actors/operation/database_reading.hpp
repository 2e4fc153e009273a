#pragma once

#include "actors/operation/core/database_families.hpp"
#include "messages/context.hpp"
#include "messages/task.hpp"

namespace jobraker {
class IoThreads;
namespace storage {
class Databases;
}
}  // namespace jobraker

namespace jobraker::operation {

/// A pool by name.
struct NamedPool {
  std::string name{};
  storage::Databases* databases = nullptr;
};

/// How the pools stand. Each thread answers for its own connections; nothing when one of them has
/// not by the deadline.
task<std::vector<PoolReading>> read_pools(IoThreads& io, std::vector<NamedPool> pools,
                                          Context::Clock::time_point deadline);

}  // namespace jobraker::operation
