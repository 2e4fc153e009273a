#include "tests/openapi/agrees.hpp"

#include <algorithm>

namespace jobraker::test {

bool has_type(json::View schema, std::string_view type) {
  auto written = schema["type"];
  if (written.string() == type)
    return true;
  bool found = false;
  written.each_element([&](json::View one) { found = found || one.string() == type; });
  return found;
}

json::View without_null(json::View schema, Differences& out) {
  if (auto either = schema["anyOf"]) {
    json::View inner;
    bool null = false;
    either.each_element([&](json::View one) {
      if (one["type"].string() == "null")
        null = true;
      else
        inner = one;
    });
    if (!null)
      out.add("must allow null");
    return inner;
  }
  if (!has_type(schema, "null"))
    out.add("must allow null");
  return schema;
}

void same_number(json::View schema, const char* word, double wanted, double none,
                 Differences& out) {
  auto written = schema[word].number();
  bool absent = std::isinf(wanted) || wanted == none;
  if (absent ? written.has_value() : written != wanted)
    out.add(std::string{word} + " must be " + (absent ? "left out" : std::to_string(wanted)));
}

void same_limits(json::View schema, const FieldRules& rules, bool text, Differences& out) {
  if (text) {
    same_number(schema, "maxLength", static_cast<double>(rules.max_length), -1, out);
    same_number(schema, "minLength", static_cast<double>(rules.min_length), 0, out);
  } else {
    same_number(schema, "minimum", rules.min, -1e300, out);
    same_number(schema, "maximum", rules.max, 1e300, out);
  }
}

void same_words(json::View schema, std::vector<std::string> names, bool optional,
                Differences& out) {
  std::vector<std::string> written;
  resolved(schema)["enum"].each_element([&](json::View word) {
    if (!word.is_null() || !optional)
      written.push_back(word.string_or("null"));
  });
  if (written != names)
    out.add("the words of the enumeration differ");
}

void same_names(const char* what, const std::set<std::string>& schema,
                const std::set<std::string>& message, Differences& out) {
  for (const auto& name : schema)
    if (message.count(name) == 0)
      out.add(std::string{what} + ": " + name + " is not in the message");
  for (const auto& name : message)
    if (schema.count(name) == 0)
      out.add(std::string{what} + ": " + name + " is missing");
}

}  // namespace jobraker::test
