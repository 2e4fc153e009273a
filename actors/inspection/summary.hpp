#pragma once

#include <chrono>
#include <map>
#include <string>

#include "actors/inspection/inspection.hpp"
#include "messages/task.hpp"

namespace jobraker::inspection {

/// What the actors at these paths say of themselves, as far as they answer in time: a stuck one
/// does not. JSON objects; the rest is left out.
task<std::map<std::string, std::string>> summaries(Inspection& inspection,
                                                   std::vector<std::string> paths,
                                                   std::chrono::milliseconds patience);

}  // namespace jobraker::inspection
