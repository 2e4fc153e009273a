#pragma once

#include <string>
#include <vector>

#include "messages/user_commands.hpp"
#include "storage/workflows.hpp"

namespace jobraker::workflows {

/// A kit as `GET /applications/{id}/kit` shows it; its version grows with every change of it or of
/// its documents.
Rendered kit_view(const storage::Workflow& workflow,
                  const std::vector<storage::ApplicationDocument>& documents);

}  // namespace jobraker::workflows
