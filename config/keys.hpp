#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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

/// The variable that sets a key: `JOBRAKER_SERVER_PORT`.
std::string environment_name(std::string_view key);

/// The names that other programs use, too, and the keys that they set when they are not empty.
std::span<const std::pair<std::string_view, std::string_view>> well_known_variables();

/// Whether that variable with that value sets that key.
bool sets(std::string_view variable, std::string_view value, std::string_view key);

}  // namespace jobraker::config_detail
