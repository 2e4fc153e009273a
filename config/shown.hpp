#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"

/// The settings as they may be shown to people: everything there is, but no secret.
namespace jobraker {

/// Where a value comes from.
enum class SettingSource : std::uint8_t {
  built_in,  ///< it is what it is when nobody sets it
  file,
  environment,
};

/// One setting. Passwords within addresses are hidden in its value, too.
struct ShownSetting {
  /// Nothing: a secret that is not set. One that is set is `***`.
  using Value =
    std::variant<std::monostate, std::string, std::int64_t, double, bool, std::vector<std::string>>;
  std::string_view key;
  std::string_view meaning;
  bool secret = false;
  Value value{};
  SettingSource source = SettingSource::built_in;
};

/// Every setting of the table in `keys.cpp`, grouped by section.
std::vector<ShownSetting> shown_settings(const Config& config, const Environment& environment = {});

}  // namespace jobraker
