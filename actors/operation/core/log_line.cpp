#include "actors/operation/core/log_line.hpp"

#include <algorithm>
#include <array>

#include "messages/json.hpp"

namespace jobraker::operation {
namespace {

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  });
}

/// Whether a quoted value may end before `rest`: at the end, or before another field.
bool goes_on(std::string_view rest) {
  if (rest.empty())
    return true;
  const auto equals = rest.find('=');
  return rest.front() == ' ' && equals != std::string_view::npos &&
         is_name(rest.substr(1, equals - 1));
}

/// Takes a value off the front of `text`.
std::string_view take_value(std::string_view& text) {
  std::string_view value;
  if (text.starts_with('"')) {
    auto end = text.find('"', 1);
    while (end != std::string_view::npos && !goes_on(text.substr(end + 1)))
      end = text.find('"', end + 1);
    value = text.substr(1, end == std::string_view::npos ? end : end - 1);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  } else {
    value = text.substr(0, text.find(' '));
    text.remove_prefix(value.size());
  }
  return value;
}

bool has(const Fields& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& field) { return field.first == name; });
}

/// As we have it in the log: a trace may be part of what a line says already.
bool says(std::string_view text, std::string_view name) {
  const auto at = text.find(std::string{name} + "=");
  return at != std::string_view::npos && (at == 0 || text[at - 1] == ' ');
}

}  // namespace

Fields fields_of(std::string_view text) {
  Fields out;
  if (const auto word = text.substr(0, text.find(' ')); is_name(word)) {
    out.emplace_back("event", word);
    text.remove_prefix(word.size());
  }
  while (true) {
    while (text.starts_with(' '))
      text.remove_prefix(1);
    if (text.empty())
      return out;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || !is_name(text.substr(0, equals)))
      return {};
    const auto name = text.substr(0, equals);
    text.remove_prefix(equals + 1);
    out.emplace_back(name, take_value(text));
  }
}

std::string to_json(const LogLine& line) {
  constexpr std::array<std::string_view, 4> taken{"time", "level", "logger", "thread"};
  json::Writer out;
  out.begin_object()
    .member("time", std::string_view{to_rfc3339(line.at)})
    .member("level", line.level)
    .member("logger", line.logger)
    .member("thread", static_cast<std::int64_t>(line.thread));
  const auto fields = fields_of(line.text);
  if (fields.empty())
    out.member("message", line.text);
  Fields written;
  for (const auto& [name, value] : fields) {
    if (has(written, name))
      continue;
    written.emplace_back(name, value);
    const bool clash = std::find(taken.begin(), taken.end(), name) != taken.end();
    out.member(clash ? std::string{name} + "_" : std::string{name}, value);
  }
  if (!line.trace.empty() && !has(fields, "trace"))
    out.member("trace", std::string_view{line.trace});
  if (!line.actor.empty() && !has(fields, "actor"))
    out.member("actor", std::string_view{line.actor});
  if (!line.principal.empty() && !has(fields, "principal"))
    out.member("principal", std::string_view{line.principal});
  out.end_object();
  return out.text();
}

std::string suffix_of(const LogLine& line) {
  std::string out;
  if (!line.trace.empty() && !says(line.text, "trace"))
    out += " trace=" + line.trace;
  if (!line.actor.empty() && !says(line.text, "actor") && !says(line.text, "path"))
    out += " actor=" + line.actor;
  if (!line.principal.empty() && !says(line.text, "principal"))
    out += " principal=" + line.principal;
  return out;
}

}  // namespace jobraker::operation
