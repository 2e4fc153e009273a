#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/json.hpp"

namespace jobraker::ctl {

/// Pages of one list as one answer: the members of the last page with the items of all. JSON text.
std::string joined_pages(const std::vector<json::Document>& pages);

/// The answer with those items only whose `key` contains `text`. JSON text.
std::string only_keys(json::View answer, std::string_view text);

}  // namespace jobraker::ctl
