#pragma once

#include <string>

#include "config/shown.hpp"

namespace jobraker::operation {

/// The answer of `GET /admin/config`: every setting with its meaning, where its value comes from,
/// and the value unless it is a secret.
std::string settings_json(const std::vector<ShownSetting>& settings);

}  // namespace jobraker::operation
