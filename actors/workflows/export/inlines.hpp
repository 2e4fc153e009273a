#pragma once

#include <string_view>
#include <vector>

#include "actors/workflows/export/markdown.hpp"

namespace jobraker::documents {

/// Reads what stands inside one block. Internal to `parse_markdown`.
std::vector<Run> parse_inlines(std::string_view text);

}  // namespace jobraker::documents
