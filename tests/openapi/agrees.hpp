#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "messages/codec.hpp"
#include "tests/openapi/document.hpp"

/// Holds a schema of the document against the message that it describes.
namespace jobraker::test {

/// What a schema is for: it says limits of what is read, and every member of what is written.
enum class Use { body, query, answer };

/// Collects where schema and message differ.
struct Differences {
  Use use;
  std::string path{};
  std::vector<std::string> list{};
  void add(const std::string& what) { list.push_back(path + ": " + what); }
};

bool has_type(json::View schema, std::string_view type);
/// A schema that also allows null, without the null; adds a difference when it does not.
json::View without_null(json::View schema, Differences& out);
void same_number(json::View schema, const char* word, double wanted, double none, Differences& out);
void same_limits(json::View schema, const FieldRules& rules, bool text, Differences& out);
void same_words(json::View schema, std::vector<std::string> names, bool optional, Differences& out);
void same_names(const char* what, const std::set<std::string>& schema,
                const std::set<std::string>& message, Differences& out);

template <class T>
void agree(json::View schema, const FieldRules& rules, Differences& out, bool optional = false);

/// Members, what is required, and whether others are refused.
template <class T>
void agree_members(json::View schema, Differences& out) {
  std::set<std::string> written;
  schema["properties"].each_member(
    [&](std::string_view name, json::View) { written.insert(std::string{name}); });
  std::set<std::string> members = strings(schema["x-more"]);
  std::set<std::string> required = members;
  std::apply(
    [&](const auto&... f) {
      auto one = [&](const auto& field) {
        using V = typename std::decay_t<decltype(field)>::value_type;
        members.insert(std::string{field.name});
        if (out.use == Use::answer || (field.rules.required && !json::detail::is_optional<V>))
          required.insert(std::string{field.name});
        auto before = out.path.size();
        out.path.append("/").append(field.name);
        if (auto member = schema["properties"][field.name])
          agree<V>(member, field.rules, out);
        out.path.resize(before);
      };
      (one(f), ...);
    },
    T::fields());
  same_names("properties", written, members, out);
  same_names("required", strings(schema["required"]), required, out);
}

/// The schema of one value. `optional`: null was allowed, and taken away.
template <class T>
void agree(json::View schema, const FieldRules& rules, Differences& out, bool optional) {
  if constexpr (json::detail::is_optional<T>) {
    auto inner = out.use == Use::query ? schema : without_null(schema, out);
    agree<typename T::value_type>(inner, rules, out, out.use != Use::query);
  } else if constexpr (Described<T>) {
    if (component_of(schema).empty())
      agree_members<T>(schema, out);
    else if (resolved(schema)["x-message"].string() != std::string_view{T::type_name})
      out.add("must refer to a schema of " + std::string{T::type_name});
  } else if constexpr (json::detail::is_vector<T>) {
    if (!has_type(schema, "array"))
      return out.add("must be an array");
    if (out.use != Use::answer)
      same_number(schema, "maxItems", static_cast<double>(rules.max_items), -1, out);
    out.path.append("/items");
    agree<typename T::value_type>(schema["items"], rules, out);
  } else if constexpr (NamedEnum<T>) {
    same_words(schema, {std::begin(enum_names<T>), std::end(enum_names<T>)}, optional, out);
  } else if constexpr (std::is_same_v<T, Time> || json::detail::is_id<T>) {
    if (!has_type(schema, "string") ||
        schema["format"].string() != (json::detail::is_id<T> ? "uuid" : "date-time"))
      out.add("must be a string with the format of its type");
  } else {
    constexpr bool text = std::is_same_v<T, std::string>;
    const char* type = std::is_same_v<T, bool> ? "boolean"
                       : text                  ? "string"
                       : std::is_integral_v<T> ? "integer"
                                               : "number";
    if (schema["const"] || (schema["enum"] && !schema["type"]))
      return;  // stricter than the message: its handler looks at the words
    if (!has_type(schema, type))
      out.add(std::string{"must be a "} + type);
    if (!std::is_same_v<T, bool> && out.use != Use::answer)
      same_limits(schema, rules, text, out);
  }
}

/// All differences of the component schema `schema` and the message T. A schema without further
/// members is of what is read.
template <class T>
std::vector<std::string> differences(json::View schema) {
  auto closed = schema["additionalProperties"].boolean() == false;
  Differences out{closed ? Use::body : Use::answer};
  agree_members<T>(schema, out);
  return out.list;
}

/// The same for the query parameters of an operation.
template <class T>
std::vector<std::string> query_differences(const Operation& operation) {
  Differences out{Use::query};
  std::set<std::string> written;
  std::set<std::string> members;
  for (auto parameter : operation.parameters())
    if (parameter["in"].string() == "query")
      written.insert(parameter["name"].string_or(""));
  std::apply(
    [&](const auto&... f) {
      auto one = [&](const auto& field) {
        using V = typename std::decay_t<decltype(field)>::value_type;
        members.insert(std::string{field.name});
        out.path = std::string{field.name};
        for (auto parameter : operation.parameters())
          if (parameter["in"].string() == "query" && parameter["name"].string() == field.name)
            agree<V>(resolved(parameter["schema"]), field.rules, out);
      };
      (one(f), ...);
    },
    T::fields());
  out.path.clear();
  same_names("query parameters", written, members, out);
  return out.list;
}

}  // namespace jobraker::test
