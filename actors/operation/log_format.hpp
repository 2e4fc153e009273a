#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace jobraker::operation {

/// How the log is written: lines for people, or a JSON object a line.
enum class LogFormat : std::uint8_t { text, json };

/// Gives every line of the default logger, and of those cloned from it, the trace and the actor for
/// which the thread that says it is running.
void format_logs(LogFormat format);

/// From now on actors are called by their path in the log, which `path_of` finds by CAF's id; empty
/// when it knows none. Without it they have none. `path_of` may be called on any thread, and must
/// not log.
void name_actors_in_logs(std::function<std::string(std::uint64_t)> path_of);

}  // namespace jobraker::operation
