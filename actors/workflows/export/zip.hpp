#pragma once

#include <string>
#include <utility>
#include <vector>

#include "messages/result.hpp"

namespace jobraker::documents {

/// A zip file of these entries (name, content), deflated, in this order, without times.
Result<std::string> make_zip(const std::vector<std::pair<std::string, std::string>>& entries);

}  // namespace jobraker::documents
