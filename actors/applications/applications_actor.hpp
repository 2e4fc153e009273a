#pragma once

#include <functional>
#include <string>

#include "actors/system/services.hpp"
#include "messages/application_handles.hpp"
#include "messages/knowledge_handles.hpp"

namespace jobraker {

/// Starts `/system/applications`. `knowledge` gets to know of changed company profiles; it may be
/// empty, then they are found by the next sweep.
ApplicationsActor start_applications(Services& services, const std::string& path,
                                     std::function<Result<KnowledgeActor>()> knowledge);

}  // namespace jobraker
