#pragma once

#include <chrono>

#include "messages/task.hpp"

namespace jobraker {

/// Lets time pass in a coroutine on an I/O thread, without blocking it.
task<void> pause(std::chrono::milliseconds time);

}  // namespace jobraker
