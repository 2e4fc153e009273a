#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/system/services.hpp"
#include "messages/matching.hpp"
#include "messages/task.hpp"

namespace jobraker {

/// The similarity vectors of texts, none of them empty. A text that the provider refuses (too long,
/// not to its taste) has an empty vector, and the others are embedded without it. When a harmless
/// text is refused, too, nothing is wrong with the texts: Errc::upstream_failed. Other errors are
/// those of llm::embed_texts, without the Errc::unprocessable by which it tells of a refusal.
task<Result<std::vector<Embedding>>> embed_apart(Services& services, Context context,
                                                 std::vector<std::string> texts,
                                                 std::optional<UserId> user = {});

}  // namespace jobraker
