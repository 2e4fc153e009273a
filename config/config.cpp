#include "config/config.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <functional>
#include <limits>
#include <optional>
#include <sstream>

#include <toml++/toml.h>

#include "config/keys.hpp"
#include "config/nearest.hpp"
#include "config/shown.hpp"

extern char** environ;

namespace jobraker {
namespace {

using config_detail::environment_name;
using config_detail::Key;
using config_detail::keys;

const Key* find_key(const std::vector<Key>& all, std::string_view name) {
  auto it = std::find_if(all.begin(), all.end(), [&](const Key& key) { return key.name == name; });
  return it == all.end() ? nullptr : &*it;
}

ConfigProblem unknown_key(const std::vector<Key>& all, const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& key : all)
    names.push_back(key.name);
  std::string text = "unknown key " + name;
  if (auto guess = nearest(name, names); !guess.empty())
    text.append("; did you mean ").append(guess).append("?");
  return {text};
}

/// Sets one key from a TOML value.
ConfigProblem assign(const Key& key, const toml::node& node) {
  auto wrong = [&](std::string_view type) {
    return ConfigProblem{std::string{key.name} + " must be " + std::string{type}};
  };
  if (auto* text = std::get_if<std::string*>(&key.target)) {
    auto value = node.value_exact<std::string>();
    if (!value)
      return wrong("a string");
    **text = *value;
  } else if (auto* number = std::get_if<std::int64_t*>(&key.target)) {
    auto value = node.value_exact<std::int64_t>();
    if (!value)
      return wrong("a whole number");
    **number = *value;
  } else if (auto* real = std::get_if<double*>(&key.target)) {
    auto value = node.value<double>();
    if (!value || !node.is_number())
      return wrong("a number");
    **real = *value;
  } else if (auto* flag = std::get_if<bool*>(&key.target)) {
    auto value = node.value_exact<bool>();
    if (!value)
      return wrong("true or false");
    **flag = *value;
  } else if (auto* list = std::get_if<std::vector<std::string>*>(&key.target)) {
    auto* array = node.as_array();
    if (!array)
      return wrong("a list of strings");
    (*list)->clear();
    for (auto& element : *array) {
      auto value = element.value_exact<std::string>();
      if (!value)
        return wrong("a list of strings");
      (*list)->push_back(*value);
    }
  }
  return {};
}

/// Sets one key from an environment variable's text.
ConfigProblem assign(const Key& key, std::string_view variable, const std::string& text) {
  auto wrong = [&](std::string_view type) {
    return ConfigProblem{std::string{variable} + " must be " + std::string{type}};
  };
  if (auto* target = std::get_if<std::string*>(&key.target)) {
    **target = text;
  } else if (auto* number = std::get_if<std::int64_t*>(&key.target)) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), **number);
    if (error != std::errc{} || end != text.data() + text.size())
      return wrong("a whole number");
  } else if (auto* real = std::get_if<double*>(&key.target)) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), **real);
    if (error != std::errc{} || end != text.data() + text.size())
      return wrong("a number");
  } else if (auto* flag = std::get_if<bool*>(&key.target)) {
    if (text != "true" && text != "false" && text != "1" && text != "0")
      return wrong("true or false");
    **flag = text == "true" || text == "1";
  } else if (auto* list = std::get_if<std::vector<std::string>*>(&key.target)) {
    (*list)->clear();
    std::istringstream parts{text};
    for (std::string part; std::getline(parts, part, ',');)
      if (!part.empty())
        (*list)->push_back(part);
  }
  return {};
}

ConfigProblem check_bounds(const Key& key) {
  double value = 0;
  if (auto* number = std::get_if<std::int64_t*>(&key.target))
    value = static_cast<double>(**number);
  else if (auto* real = std::get_if<double*>(&key.target))
    value = **real;
  else
    return {};
  if (value >= key.min && value <= key.max)
    return {};
  std::ostringstream text;
  text << key.name << " must lie between " << key.min << " and " << key.max << ", not " << value;
  return {text.str()};
}

ConfigProblem read_table(const std::vector<Key>& all, const std::string& prefix,
                         const toml::table& table) {
  for (auto&& [name, node] : table) {
    std::string path =
      prefix.empty() ? std::string{name.str()} : prefix + "." + std::string{name.str()};
    if (auto* inner = node.as_table()) {
      auto known = std::any_of(all.begin(), all.end(),
                               [&](const Key& key) { return key.name.starts_with(path + "."); });
      if (!known && inner->empty())
        return unknown_key(all, path);
      if (auto problem = read_table(all, path, *inner))
        return problem;
      continue;
    }
    auto* key = find_key(all, path);
    if (!key)
      return unknown_key(all, path);
    if (auto problem = assign(*key, node))
      return problem;
    if (auto problem = check_bounds(*key))
      return problem;
  }
  return {};
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out.push_back('\\');
    if (c == '\n') {
      out.append("\\n");
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04X", static_cast<unsigned>(c));
      out.append(escape);
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

/// A value as TOML writes it.
struct Toml {
  std::string operator()(std::monostate) const { return quoted(""); }
  std::string operator()(const std::string& text) const { return quoted(text); }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  /// The shortest text that reads back as the same number.
  std::string operator()(double real) const {
    char digits[32];
    std::string value{digits, std::to_chars(digits, digits + sizeof digits, real).ptr};
    return value + (value.find_first_of(".e") == std::string::npos ? ".0" : "");
  }
  std::string operator()(const std::vector<std::string>& list) const {
    std::string out = "[";
    for (const auto& item : list)
      out.append(out.size() > 1 ? ", " : "").append(quoted(item));
    return out + "]";
  }
};

}  // namespace

Environment process_environment() {
  Environment out;
  for (char** entry = environ; *entry; ++entry) {
    std::string_view text{*entry};
    auto at = text.find('=');
    if (at != std::string_view::npos)
      out.emplace_back(std::string{text.substr(0, at)}, std::string{text.substr(at + 1)});
  }
  return out;
}

ConfigProblem read_toml(std::string_view text, Config& config) {
  auto all = keys(config);
  try {
    auto table = toml::parse(text);
    return read_table(all, "", table);
  } catch (const toml::parse_error& error) {
    std::ostringstream out;
    out << "not valid TOML at line " << error.source().begin.line << ": " << error.description();
    return {out.str()};
  }
}

ConfigProblem read_environment(const Environment& environment, Config& config) {
  auto all = keys(config);
  for (const auto& [variable, name] : config_detail::well_known_variables())
    for (const auto& [key, value] : environment)
      if (key == variable && !value.empty())
        if (auto problem = assign(*find_key(all, name), variable, value))
          return problem;
  for (const auto& [variable, value] : environment) {
    if (!variable.starts_with("JOBRAKER_") || variable.starts_with("JOBRAKER_TEST_") ||
        variable == "JOBRAKER_SHARED_DATA" || variable == "JOBRAKER_CONFIG")
      continue;
    auto it = std::find_if(all.begin(), all.end(),
                           [&](const Key& key) { return environment_name(key.name) == variable; });
    if (it == all.end()) {
      std::vector<std::string> names;
      for (const auto& key : all)
        names.push_back(environment_name(key.name));
      std::vector<std::string_view> views{names.begin(), names.end()};
      std::string text = "unknown environment variable " + variable;
      if (auto guess = nearest(variable, views); !guess.empty())
        text.append("; did you mean ").append(guess).append("?");
      return {text};
    }
    if (auto problem = assign(*it, variable, value))
      return problem;
    if (auto problem = check_bounds(*it))
      return {variable + ": " + problem.text};
  }
  return {};
}

ConfigProblem check(const Config& config) {
  auto copy = config;
  for (const auto& key : keys(copy))
    if (auto problem = check_bounds(key))
      return problem;
  if (config.database.url.empty())
    return {"database.url is not set (or DATABASE_URL in the environment)"};
  if (config.auth.jwt_secret.size() < 32)
    return {"auth.jwt_secret must have at least 32 characters (openssl rand -hex 32 makes one)"};
  const auto& m = config.matching;
  if (m.weight_skills + m.weight_experience + m.weight_location + m.weight_salary != 100)
    return {"matching.weight_skills, _experience, _location and _salary must add up to 100"};
  if (config.actors.scheduler != "io" && config.actors.scheduler != "caf")
    return {"actors.scheduler must be io or caf"};
  static constexpr std::string_view levels[] = {"trace", "debug", "info", "warn", "error", "off"};
  if (std::find(std::begin(levels), std::end(levels), config.log.level) == std::end(levels))
    return {"log.level must be one of trace, debug, info, warn, error, off"};
  const auto& chat = config.chat;
  if (chat.moderation != "both" && chat.moderation != "input" && chat.moderation != "off")
    return {"chat.moderation must be both, input or off"};
  if (chat.moderation_down != "closed" && chat.moderation_down != "open")
    return {"chat.moderation_down must be closed or open"};
  const auto& kafka = config.kafka;
  if (const auto& p = kafka.security_protocol;
      p != "plaintext" && p != "ssl" && p != "sasl_plaintext" && p != "sasl_ssl")
    return {"kafka.security_protocol must be plaintext, ssl, sasl_plaintext or sasl_ssl"};
  if (const auto& codec = kafka.compression;
      codec != "none" && codec != "gzip" && codec != "snappy" && codec != "lz4" && codec != "zstd")
    return {"kafka.compression must be none, gzip, snappy, lz4 or zstd"};
  if (const auto& url = config.skyvern.webhook_url;
      !url.empty() && !url.starts_with("http://") && !url.starts_with("https://"))
    return {"skyvern.webhook_url must be an http or https URL"};
  for (const auto& [name, url] : {std::pair{"llm.base_url", config.llm.base_url},
                                  std::pair{"anthropic.base_url", config.anthropic.base_url},
                                  std::pair{"adzuna.base_url", config.adzuna.base_url},
                                  std::pair{"skyvern.base_url", config.skyvern.base_url},
                                  std::pair{"boards.greenhouse_url", config.boards.greenhouse_url},
                                  std::pair{"boards.lever_url", config.boards.lever_url}})
    if (!url.starts_with("http://") && !url.starts_with("https://"))
      return {std::string{name} + " must be an http or https URL"};
  return {};
}

std::string print_config(const Config& config) {
  std::ostringstream out;
  std::string section;
  for (const auto& setting : shown_settings(config)) {
    auto dot = setting.key.find('.');
    if (auto here = std::string{setting.key.substr(0, dot)}; here != section) {
      out << (section.empty() ? "" : "\n") << "[" << here << "]\n";
      section = here;
    }
    out << "# " << setting.meaning << "\n"
        << setting.key.substr(dot + 1) << " = " << std::visit(Toml{}, setting.value) << "\n";
  }
  return out.str();
}

}  // namespace jobraker
