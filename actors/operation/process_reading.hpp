#pragma once

#include "actors/operation/core/process_families.hpp"

namespace jobraker::operation {

/// This process as it is now, from /proc: some tens of microseconds, more with many descriptors.
ProcessReading read_process();

}  // namespace jobraker::operation
