#pragma once

#include <string_view>

#include "messages/interviews.hpp"

/// What answers show beside UTC.
namespace jobraker::interviews {

/// Fills in the local times: in `zone`, in the one it has when that is empty, in UTC when it has
/// none. `time_zone` says which it was.
void show_in(Slot& slot, std::string_view zone);
void show_in(Interview& interview, std::string_view zone);

}  // namespace jobraker::interviews
