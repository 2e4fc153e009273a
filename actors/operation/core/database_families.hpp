#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/operation/core/family.hpp"

namespace jobraker::operation {

/// The connections of one pool, all threads together; sums are since the start.
struct PoolReading {
  std::string name{};
  std::uint64_t up = 0;
  std::uint64_t configured = 0;
  std::uint64_t waiting = 0;    ///< statements and transactions without a connection yet
  std::uint64_t in_flight = 0;  ///< statements sent and not answered
  std::uint64_t statements = 0;
  std::uint64_t failures = 0;
  std::uint64_t reconnects = 0;
};

void add_families(Families& families, const std::vector<PoolReading>& pools);

}  // namespace jobraker::operation
