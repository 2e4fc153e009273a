#pragma once

#include <sys/types.h>

#include "net/process/child.hpp"

namespace jobraker {

/// A started child and our ends of its pipes; -1 for what was given away or closed.
/// Whoever holds it kills and reaps the child.
struct SpawnedChild {
  pid_t pid = -1;
  int pidfd = -1;   ///< readable once the child has ended
  int output = -1;  ///< its standard output, non-blocking
  int errors = -1;  ///< its standard error, non-blocking
};

/// Starts `spec.argv` with its limits (see run_child). Errc::unavailable when that cannot be done.
Result<SpawnedChild> spawn_child(const ChildSpec& spec);

}  // namespace jobraker
