#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"

/// One line per setting: its name, where it lives, its bounds and its meaning. Reading, checking,
/// printing and the documentation all follow from this table.
namespace jobraker::config_detail {

struct Key {
  std::string_view name;
  std::variant<std::string*, std::int64_t*, double*, bool*, std::vector<std::string>*> target;
  std::string_view meaning;
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool secret = false;
};

/// All keys of `c`, grouped by section.
std::vector<Key> keys(Config& c);

}  // namespace jobraker::config_detail
