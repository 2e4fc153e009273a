#include "config/shown.hpp"

#include "config/keys.hpp"
#include "config/masked.hpp"

namespace jobraker {
namespace {

using config_detail::Key;
using config_detail::without_passwords;
using Value = ShownSetting::Value;

Value value_of(const Key& key) {
  return std::visit(
    [](auto* target) -> Value {
      using T = std::decay_t<decltype(*target)>;
      if constexpr (std::is_same_v<T, std::string>) {
        return without_passwords(*target);
      } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
        T list;
        for (const auto& item : *target)
          list.push_back(without_passwords(item));
        return list;
      } else {
        return *target;
      }
    },
    key.target);
}

/// Of a secret nothing is shown but whether there is one.
Value secret_of(const Key& key) {
  const bool set = std::visit(
    [](auto* target) {
      if constexpr (requires { target->empty(); })
        return !target->empty();
      else
        return true;
    },
    key.target);
  return set ? Value{std::string{"***"}} : Value{};
}

SettingSource source_of(const ShownSetting& setting, const ShownSetting& built_in,
                        const Environment& environment) {
  for (const auto& [name, value] : environment)
    if (config_detail::sets(name, value, setting.key))
      return SettingSource::environment;
  return setting.value == built_in.value ? SettingSource::built_in : SettingSource::file;
}

std::vector<ShownSetting> values_of(Config config) {
  std::vector<ShownSetting> out;
  for (const auto& key : config_detail::keys(config))
    out.push_back({key.name, key.meaning, key.secret, key.secret ? secret_of(key) : value_of(key)});
  return out;
}

}  // namespace

std::vector<ShownSetting> shown_settings(const Config& config, const Environment& environment) {
  auto settings = values_of(config);
  const auto built_in = values_of(Config{});
  for (std::size_t i = 0; i < settings.size(); ++i)
    settings[i].source = source_of(settings[i], built_in[i], environment);
  return settings;
}

}  // namespace jobraker
