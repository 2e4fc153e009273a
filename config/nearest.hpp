#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jobraker {

/// The candidate with the smallest edit distance (Levenshtein) to `word`, for "did you mean";
/// empty when even the best differs in more than half of its letters.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace jobraker
