#pragma once

#include <functional>

#include "messages/knowledge_handles.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// /knowledge. Writing is for admins.
void add_knowledge_routes(Router& router, std::function<Result<KnowledgeActor>()> knowledge);

}  // namespace jobraker::net
