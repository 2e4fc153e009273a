#pragma once

#include <string>
#include <string_view>

namespace jobraker {

/// A line without pictographs, dingbats, arrows and stars.
std::string without_emoji(std::string_view s);

/// A line in capitals made quiet: `PROJECT MANAGER, QA` becomes `Project Manager, QA`. Others stay.
std::string unshouted(const std::string& s);

}  // namespace jobraker
