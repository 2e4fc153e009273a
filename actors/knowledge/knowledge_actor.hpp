#pragma once

#include <string>

#include "actors/system/services.hpp"
#include "messages/knowledge_handles.hpp"

namespace jobraker {

/// Starts `/system/knowledge`. Needs `services.gateway` for embeddings; while no model answers,
/// words alone find what is new.
KnowledgeActor start_knowledge(Services& services, const std::string& path);

}  // namespace jobraker
