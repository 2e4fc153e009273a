#include "actors/operation/settings_view.hpp"

#include "messages/json.hpp"

namespace jobraker::operation {
namespace {

std::string_view word(SettingSource source) {
  switch (source) {
  case SettingSource::file:
    return "file";
  case SettingSource::environment:
    return "environment";
  case SettingSource::built_in:
    break;
  }
  return "default";
}

/// Writes a value as JSON.
struct Write {
  json::Writer& w;
  void operator()(std::monostate) const { w.null(); }
  void operator()(const std::string& text) const { w.value(std::string_view{text}); }
  void operator()(std::int64_t number) const { w.value(number); }
  void operator()(double number) const { w.value(number); }
  void operator()(bool flag) const { w.value(flag); }
  void operator()(const std::vector<std::string>& list) const {
    w.begin_array();
    for (const auto& item : list)
      w.value(std::string_view{item});
    w.end_array();
  }
};

}  // namespace

std::string settings_json(const std::vector<ShownSetting>& settings) {
  json::Writer w;
  w.begin_object().key("items").begin_array();
  for (const auto& setting : settings) {
    w.begin_object().member("key", setting.key).member("meaning", setting.meaning).key("value");
    std::visit(Write{w}, setting.value);
    w.member("secret", setting.secret).member("source", word(setting.source)).end_object();
  }
  w.end_array().end_object();
  return w.text();
}

}  // namespace jobraker::operation
