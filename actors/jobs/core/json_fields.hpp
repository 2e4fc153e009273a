#pragma once

#include <optional>
#include <string>

#include "messages/json.hpp"

/// Reading of loosely typed JSON members, as public job APIs have them.
namespace jobraker::fields {

/// A string, number or boolean as text; empty for everything else.
std::string scalar(json::View view);

/// A number, or a string that is one (`"70,000"`); finite only.
std::optional<double> number(json::View view);

}  // namespace jobraker::fields
