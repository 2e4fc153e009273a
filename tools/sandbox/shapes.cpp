#include "tools/sandbox/shapes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "tools/sandbox/openai_schema.hpp"
#include "tools/sandbox/shape_facts.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using json::View;
using json::Writer;

std::string plain_name(std::string_view name) {
  auto out = lower(name);
  std::erase_if(out, [](char c) { return c == '_' || c == '-'; });
  return out;
}

/// The member of that name, without regard to case and underscores.
View member_of(View object, std::string_view name) {
  View found = object[name];
  auto plain = plain_name(name);
  if (!found)
    object.each_member([&](std::string_view key, View value) {
      if (!found && plain_name(key) == plain)
        found = value;
    });
  return found;
}

bool in_enum(View schema, View value) {
  auto values = schema["enum"];
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values.at(i).dump() == value.dump())
      return true;
  return values.size() == 0;
}

std::string text_of(View value) {
  if (auto text = value.string())
    return std::string{*text};
  if (value.is_object()) {
    if (auto text = value["text"].string())
      return std::string{*text};
    std::string first;
    value.each_member([&](std::string_view, View inner) {
      if (first.empty())
        first = inner.string_or("");
    });
    return first;
  }
  return value.is_number() ? value.dump() : std::string{};
}

void conform(Writer& out, View root, View raw, View facts, int depth);

void conform_object(Writer& out, View root, View schema, View facts, int depth) {
  std::set<std::string> required;
  schema["required"].each_element([&](View name) { required.insert(name.string_or("")); });
  bool first = true;  // a text alone becomes an object's first text
  out.begin_object();
  schema["properties"].each_member([&](std::string_view name, View property) {
    auto value = facts.is_object() ? member_of(facts, name) : View{};
    if (facts.is_string() && first && has_type(resolve(root, property), "string")) {
      value = facts;
      first = false;
    }
    if (!value && !required.contains(std::string{name}))
      return;
    out.key(name);
    conform(out, root, property, value, depth + 1);
  });
  out.end_object();
}

bool conform_number(Writer& out, View schema, View facts) {
  auto number = facts.number();
  if (!number)
    return false;
  auto value = *number;
  if (auto low = schema["minimum"].number())
    value = std::max(value, *low);
  if (auto high = schema["maximum"].number())
    value = std::min(value, *high);
  if (has_type(schema, "integer"))
    out.value(static_cast<std::int64_t>(std::llround(value)));
  else
    out.value(value);
  return true;
}

void conform_text(Writer& out, View schema, View facts) {
  auto text = text_of(facts);
  if (auto most = schema["maxLength"].integer())
    text = cut(text, static_cast<std::size_t>(std::max<std::int64_t>(0, *most)));
  out.value(std::string_view{text});
}

/// Writes what the facts say as far as the schema lets them; what it wants beyond is minimal.
void conform(Writer& out, View root, View raw, View facts, int depth) {
  auto schema = resolve(root, raw);
  if (!facts || facts.is_null() || depth > 20) {
    // An empty text is more honest than an invented one.
    if (has_type(schema, "string") && !has_type(schema, "null") && !schema["enum"] &&
        !schema["format"] && !schema["minLength"] && !schema["pattern"] && facts.is_null())
      return void(out.value(""));
    return write_minimal(out, root, schema);
  }
  for (auto form : {"anyOf", "oneOf"})
    for (std::size_t i = 0; i < schema[form].size(); ++i) {
      auto option = resolve(root, schema[form].at(i));
      if (!has_type(option, "null"))
        return in_enum(option, facts) ? conform(out, root, option, facts, depth + 1)
                                      : write_minimal(out, root, schema);
    }
  if (schema["enum"].size() > 0) {
    if (in_enum(schema, facts))
      out.raw(facts.dump());
    else
      write_minimal(out, root, schema);
  } else if (has_type(schema, "object")) {
    conform_object(out, root, schema, facts, depth);
  } else if (has_type(schema, "array")) {
    auto most = static_cast<std::size_t>(schema["maxItems"].integer().value_or(50));
    auto least = static_cast<std::size_t>(schema["minItems"].integer().value_or(0));
    std::size_t written = 0;
    out.begin_array();
    facts.each_element([&](View item) {
      if (written < most) {
        conform(out, root, schema["items"], item, depth + 1);
        ++written;
      }
    });
    for (; written < least; ++written)
      write_minimal(out, root, schema["items"]);
    out.end_array();
  } else if (has_type(schema, "boolean") && facts.is_bool()) {
    out.value(facts.boolean().value_or(false));
  } else if ((has_type(schema, "number") || has_type(schema, "integer")) &&
             conform_number(out, schema, facts)) {
    return;
  } else if (has_type(schema, "string")) {
    conform_text(out, schema, facts);
  } else {
    write_minimal(out, root, schema);
  }
}

}  // namespace

bool is_operation(std::string_view name) {
  static constexpr std::array names{
    "parse_cv",          "score_jobs",      "chat_summary",    "generate_job_metadata",
    "analyze_job",       "parse_job",       "optimize_resume", "cover_letter",
    "company_profile",   "resume_feedback", "mock_interview",  "department_profile",
    "interview_feedback"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string shape_answer(std::string_view operation, View schema, const Reading& reading) {
  auto facts = json::Document::parse(shape_facts(operation, schema, reading));
  Writer out;
  conform(out, schema, schema, facts ? facts->root() : View{}, 0);
  return out.text();
}

}  // namespace jobraker::sandbox
