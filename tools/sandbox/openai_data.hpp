#pragma once

#include <string>
#include <string_view>

#include "tools/sandbox/app.hpp"

/// Embeddings and moderations.
namespace jobraker::sandbox {

/// POST /v1/embeddings; `half_size` answers vectors of half the size asked for.
Answer embeddings(std::string_view body, bool half_size);

/// POST /v1/moderations; with `flag` every text is flagged.
Answer moderations(std::string_view body, bool flag);

}  // namespace jobraker::sandbox
