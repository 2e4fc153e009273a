#include "messages/event_schemas.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "embedded/embedded_event_schemas.hpp"
#include "messages/json_schema.hpp"

namespace jobraker {
namespace {

/// One schema with what it says beside JSON Schema.
struct Rule {
  std::string topic{};
  std::vector<std::string> key{};  ///< the first of these members that is not null
  json::Schema schema;
};
using Rules = std::map<std::string, Rule, std::less<>>;

/// Words that decide nothing in draft 2020-12 and that our validator refuses to pass over.
/// (`format` stands beside a `pattern` that decides; tests/events checks it.)
bool decides_nothing(std::string_view word) {
  return word == "$id" || word == "format" || word.starts_with("x-");
}

/// Writes the schema without them. The members of `properties` have names of their own, which are
/// no words of JSON Schema.
void write_deciding(json::Writer& out, json::View value, bool names = false) {
  if (value.is_object()) {
    out.begin_object();
    value.each_member([&](std::string_view word, json::View member) {
      if (!names && decides_nothing(word))
        return;
      out.key(word);
      if (word == "enum" || word == "examples")
        out.raw(member.dump());
      else
        write_deciding(out, member, !names && word == "properties");
    });
    out.end_object();
  } else if (value.is_array()) {
    out.begin_array();
    value.each_element([&](json::View element) { write_deciding(out, element); });
    out.end_array();
  } else {
    out.raw(value.dump());
  }
}

Result<Rule> compile(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document)
    return fail(std::move(document.error()));
  json::Writer deciding;
  write_deciding(deciding, document->root());
  auto schema = json::Schema::compile(deciding.text());
  if (!schema)
    return fail(std::move(schema.error()));
  Rule rule{document->root()["x-topic"].string_or(""), {}, std::move(*schema)};
  document->root()["x-key"].each_element(
    [&](json::View name) { rule.key.push_back(name.string_or("")); });
  return rule;
}

/// The type of the event that a file is about.
std::string_view type_of(const EmbeddedFile& file) {
  return file.name.substr(0, file.name.rfind(".json"));
}

Result<Rules> compile_all() {
  Rules rules;
  for (const auto& file : embedded_event_schemas()) {
    auto rule = compile(file.content);
    if (!rule)
      return fail(Errc::internal, std::string{file.name} + ": " + rule.error().detail);
    rules.emplace(type_of(file), std::move(*rule));
  }
  return rules;
}

std::string key_of(const Rule& rule, json::View data) {
  for (const auto& name : rule.key)
    if (auto text = data[name].string())
      return std::string{*text};
  return {};
}

}  // namespace

std::optional<std::string_view> event_schema(std::string_view type) {
  auto files = embedded_event_schemas();
  auto found = std::find_if(files.begin(), files.end(),
                            [&](const auto& file) { return type_of(file) == type; });
  if (found == files.end())
    return std::nullopt;
  return found->content;
}

Done validate_event(const Event& event) {
  static const auto rules = compile_all();
  if (!rules)
    return fail(rules.error());
  auto rule = rules->find(event.type);
  if (rule == rules->end())
    return fail(Errc::invalid, event.type + " is not the type of an event");
  if (rule->second.topic != name_of(event.topic))
    return fail(Errc::invalid, event.type + " does not belong to " +
                                 std::string{name_of(event.topic)} + " but to " +
                                 rule->second.topic);
  auto data = json::Document::parse(event.data);
  if (!data)
    return fail(std::move(data.error()));
  if (auto checked = rule->second.schema.check(data->root()); !checked)
    return checked;
  if (auto key = key_of(rule->second, data->root()); key != event.key)
    return fail(Errc::invalid, event.type + " has the key " + event.key + " and not " + key);
  return {};
}

}  // namespace jobraker
