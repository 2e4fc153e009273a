#include "tools/sandbox/openai_schema.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

using json::View;
using json::Writer;

bool has_type(View schema, std::string_view type) {
  auto declared = schema["type"];
  if (auto one = declared.string())
    return *one == type;
  bool found = false;
  declared.each_element([&](View item) { found = found || item.string_or("") == type; });
  return found;
}

View resolve(View root, View schema) {
  auto reference = schema["$ref"].string();
  if (!reference)
    return schema;
  if (*reference == "#")
    return root;
  auto at = root;
  for (auto step : split(reference->substr(std::min<std::size_t>(2, reference->size())), '/'))
    at = at[step];
  return at ? at : schema;
}

namespace {

constexpr int depth_max = 24;

std::string formatted(View schema) {
  auto format = schema["format"].string_or("");
  if (format == "date-time")
    return "2026-01-01T00:00:00Z";
  if (format == "date")
    return "2026-01-01";
  if (format == "time")
    return "00:00:00Z";
  if (format == "email")
    return "nobody@example.com";
  if (format == "uri" || format == "url")
    return "https://example.com/";
  if (format == "uuid")
    return "00000000-0000-4000-8000-000000000000";
  std::string text = "not stated";
  if (auto least = schema["minLength"].integer())
    while (text.size() < static_cast<std::size_t>(std::clamp<std::int64_t>(*least, 0, 10000)))
      text += " not stated";
  if (auto most = schema["maxLength"].integer())
    text.resize(std::min(text.size(), static_cast<std::size_t>(std::max<std::int64_t>(*most, 0))));
  return text;
}

double least_number(View schema) {
  double value = 0;
  if (auto low = schema["minimum"].number())
    value = std::max(value, *low);
  if (auto low = schema["exclusiveMinimum"].number())
    value = std::max(value, *low + 1);
  if (auto high = schema["maximum"].number())
    value = std::min(value, *high);
  if (auto step = schema["multipleOf"].number(); step && *step > 0)
    value = std::ceil(value / *step) * *step;
  return value;
}

void write_minimal(Writer& out, View root, View raw, int depth) {
  auto schema = resolve(root, raw);
  if (depth > depth_max || !schema.is_object()) {
    out.null();
    return;
  }
  if (auto constant = schema["const"])
    return void(out.raw(constant.dump()));
  if (auto values = schema["enum"]; values.size() > 0)
    return void(out.raw(values.at(0).dump()));
  for (auto name : {"anyOf", "oneOf"})
    if (auto options = schema[name]; options.size() > 0) {
      // Null says honestly that nothing is known, where it is allowed.
      for (std::size_t i = 0; i < options.size(); ++i)
        if (has_type(options.at(i), "null"))
          return void(out.null());
      return write_minimal(out, root, options.at(0), depth + 1);
    }
  if (has_type(schema, "null")) {
    out.null();
  } else if (has_type(schema, "object") || schema["properties"]) {
    std::set<std::string> required;
    schema["required"].each_element([&](View name) { required.insert(name.string_or("")); });
    out.begin_object();
    schema["properties"].each_member([&](std::string_view name, View property) {
      if (required.contains(std::string{name})) {
        out.key(name);
        write_minimal(out, root, property, depth + 1);
      }
    });
    out.end_object();
  } else if (has_type(schema, "array")) {
    out.begin_array();
    auto count = std::clamp<std::int64_t>(schema["minItems"].integer().value_or(0), 0, 100);
    for (std::int64_t i = 0; i < count; ++i)
      write_minimal(out, root, schema["items"], depth + 1);
    out.end_array();
  } else if (has_type(schema, "string")) {
    out.value(std::string_view{formatted(schema)});
  } else if (has_type(schema, "integer")) {
    out.value(static_cast<std::int64_t>(std::ceil(least_number(schema))));
  } else if (has_type(schema, "number")) {
    out.value(least_number(schema));
  } else if (has_type(schema, "boolean")) {
    out.value(false);
  } else {
    out.begin_object().end_object();
  }
}

}  // namespace

void write_minimal(Writer& out, View root, View schema) { write_minimal(out, root, schema, 0); }

std::string minimal_instance(json::View schema) {
  Writer out;
  write_minimal(out, schema, schema, 0);
  return out.text();
}

}  // namespace jobraker::sandbox
