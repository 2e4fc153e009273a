#include "actors/chat/core/tools.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace jobraker::chat {
namespace {

constexpr std::size_t arguments_max = 64 << 10;

Error broken(std::string pointer, std::string detail) {
  auto text = pointer + " " + detail;
  return {Errc::invalid, std::move(text), {{std::move(pointer), std::move(detail)}}, {}};
}

bool good_name(std::string_view name) {
  auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), good);
}

bool says_object(json::View type) {
  bool found = type.string_or("") == "object";
  type.each_element([&](json::View one) { found = found || one.string_or("") == "object"; });
  return found;
}

/// Finds a place in a schema that takes members nobody named; empty when there is none.
std::string open_place(json::View schema, const std::string& pointer) {
  std::string found;
  auto look = [&](json::View inner, const std::string& where) {
    if (found.empty() && inner.is_object())
      found = open_place(inner, where);
  };
  bool takes_objects = says_object(schema["type"]) || schema["properties"];
  bool closed = schema["additionalProperties"].boolean() == false && !schema["patternProperties"];
  bool says_what = schema["type"] || schema["enum"] || schema["$ref"] || schema["anyOf"] ||
                   schema["oneOf"] || schema["allOf"];
  if (takes_objects ? !closed : !says_what)
    return pointer.empty() ? "/" : pointer;
  for (auto word : {"properties", "$defs", "definitions"})
    schema[word].each_member([&](std::string_view name, json::View inner) {
      look(inner, pointer + "/" + word + "/" + std::string{name});
    });
  for (auto word : {"anyOf", "oneOf", "allOf", "items"})
    schema[word].each_element([&](json::View inner) { look(inner, pointer + "/" + word); });
  look(schema["items"], pointer + "/items");
  if (found.empty() && says_object(schema["type"]) == false && !schema["items"]) {
    auto type = schema["type"];
    bool list = type.string_or("") == "array";
    type.each_element([&](json::View one) { list = list || one.string_or("") == "array"; });
    if (list)
      return pointer + "/items";
  }
  return found;
}

Strings strings_of(json::View list) {
  Strings out;
  list.each_element([&](json::View one) { out.push_back(one.string_or("")); });
  return out;
}

bool among(const Strings& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// An object without the members that are null and need not be there.
std::string without_nulls(json::View object, const Strings& droppable) {
  json::Writer writer;
  writer.begin_object();
  object.each_member([&](std::string_view name, json::View member) {
    if (!member.is_null() || !among(droppable, name))
      writer.key(name).raw(member.dump());
  });
  writer.end_object();
  return writer.text();
}

/// A value on one line, so that it cannot pretend to be more than one.
std::string plain(json::View value) {
  if (value.is_array()) {
    std::string out;
    value.each_element([&](json::View one) { out += (out.empty() ? "" : ", ") + plain(one); });
    return out.empty() ? "none" : out;
  }
  auto text = value.string();
  if (!text)
    return value.is_bool() ? (*value.boolean() ? "yes" : "no") : value.dump();
  std::string out;
  for (char c : *text)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F)
      out += c;
    else if (!out.ends_with(' '))
      out += ' ';
  return "\"" + out + "\"";
}

struct Label {
  std::string_view tool, member, words;
};
constexpr Label questions[] = {
  {"scheduleInterview", "", "Book this interview?"},
  {"updatePreferences", "", "Change what you are looking for?"},
  {"startAutoApply", "", "Prepare an application in your name?"},
};
constexpr Label labels[] = {
  {"scheduleInterview", "slotId", "time slot"},
  {"scheduleInterview", "note", "message to the company"},
  {"updatePreferences", "desired_roles", "roles"},
  {"updatePreferences", "preferred_locations", "places"},
  {"updatePreferences", "salary_range_min", "lowest salary a year"},
  {"updatePreferences", "salary_range_max", "highest salary a year"},
  {"updatePreferences", "salary_currency", "currency"},
  {"updatePreferences", "job_types", "kinds of employment"},
  {"updatePreferences", "company_size_preference", "size of company"},
  {"startAutoApply", "jobId", "posting"},
  {"startAutoApply", "note", "message to the company"},
};

template <std::size_t N>
std::string words_for(const Label (&list)[N], std::string_view tool, std::string_view member,
                      std::string otherwise) {
  for (const auto& label : list)
    if (label.tool == tool && label.member == member)
      return std::string{label.words};
  return otherwise;
}

}  // namespace

Result<ToolTable> ToolTable::parse(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document)
    return fail(std::move(document.error()));
  if (!document->root().is_array())
    return fail(broken("/", "must be a list of functions"));
  ToolTable out;
  for (std::size_t i = 0; i < document->root().size(); ++i) {
    auto entry = document->root().at(i);
    auto where = "/" + std::to_string(i);
    auto name = entry["name"].string_or("");
    constexpr std::string_view members[] = {"name", "description", "confirm", "parameters"};
    std::string unknown;
    entry.each_member([&](std::string_view member, json::View) {
      if (std::find(std::begin(members), std::end(members), member) == std::end(members))
        unknown = member;
    });
    if (!unknown.empty())
      return fail(broken(where + "/" + unknown, "is not known here"));
    if (!good_name(name) || out.knows(name))
      return fail(broken(where + "/name", "must be 1 to 64 of A-Z a-z 0-9 _ - and used once"));
    if (!entry["description"].is_string() || !entry["confirm"].is_bool())
      return fail(broken(where, "needs a description and confirm"));
    auto parameters = entry["parameters"];
    auto schema = json::Schema::compile(parameters ? parameters.dump() : "null");
    if (!schema)
      return fail(broken(where + "/parameters", schema.error().detail));
    if (parameters["type"].string_or("") != "object")
      return fail(broken(where + "/parameters/type", "must be object"));
    if (auto open = open_place(parameters, ""); !open.empty())
      return fail(broken(where + "/parameters" + (open == "/" ? "" : open),
                         "must say what it takes and refuse other members"));
    auto required = strings_of(parameters["required"]);
    Strings optional;
    parameters["properties"].each_member([&](std::string_view member, json::View) {
      if (!among(required, member))
        optional.emplace_back(member);
    });
    out.specs_.push_back({name, entry["description"].string_or(""), parameters.dump()});
    out.tools_.push_back({*entry["confirm"].boolean(), std::move(*schema), std::move(optional)});
  }
  return out;
}

const ToolTable::Tool* ToolTable::find(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < specs_.size(); ++i)
    if (specs_[i].name == name)
      return &tools_[i];
  return nullptr;
}

bool ToolTable::knows(std::string_view name) const noexcept { return find(name) != nullptr; }

bool ToolTable::confirms(std::string_view name) const noexcept {
  const auto* tool = find(name);
  return !tool || tool->confirm;
}

Result<std::string> ToolTable::check_arguments(std::string_view name,
                                               std::string_view arguments) const {
  const auto* tool = find(name);
  if (!tool)
    return fail(Errc::not_found, "there is no function of this name");
  if (arguments.size() > arguments_max)
    return fail(Errc::too_large, "the arguments are longer than 64 KiB");
  if (arguments.find_first_not_of(" \t\r\n") == std::string_view::npos)
    arguments = "{}";
  auto document = json::Document::parse(arguments);
  if (!document)
    return fail(Errc::malformed, "the arguments are " + document.error().detail);
  auto text = json::canonical(document->root());
  auto canonical = json::Document::parse(text);
  if (!canonical)
    return fail(std::move(canonical.error()));
  auto outcome = tool->schema.check(canonical->root());
  if (outcome)
    return text;
  auto lean = without_nulls(canonical->root(), tool->optional);
  auto again = json::Document::parse(lean);
  if (canonical->root().is_object() && again && tool->schema.check(again->root()))
    return lean;
  return fail(std::move(outcome.error()));
}

Result<CheckedCall> ToolTable::check(const ToolCall& call) const {
  auto arguments = check_arguments(call.name, call.arguments);
  if (!arguments)
    return fail(std::move(arguments.error()));
  return CheckedCall{std::move(*arguments), confirms(call.name)};
}

std::string confirmation_text(std::string_view name, std::string_view arguments,
                              std::string_view details) {
  auto out = words_for(questions, name, "", "Run " + std::string{name} + "?");
  if (!details.empty())
    out += " " + std::string{details};
  std::string list;
  if (auto document = json::Document::parse(arguments))
    document->root().each_member([&](std::string_view member, json::View value) {
      list += (list.empty() ? "" : "; ") + words_for(labels, name, member, std::string{member}) +
              ": " + plain(value);
    });
  if (list.empty())
    return out;
  list[0] = list[0] >= 'a' && list[0] <= 'z' ? static_cast<char>(list[0] - 32) : list[0];
  return out + " " + list + ".";
}

std::string error_result(const Error& error) {
  json::Writer writer;
  writer.begin_object();
  writer.member("error", to_string(error.code)).member("detail", std::string_view{error.detail});
  if (!error.fields.empty()) {
    writer.key("fields").begin_array();
    for (const auto& field : error.fields)
      writer.begin_object()
        .member("pointer", std::string_view{field.pointer})
        .member("detail", std::string_view{field.detail})
        .end_object();
    writer.end_array();
  }
  writer.end_object();
  return writer.text();
}

}  // namespace jobraker::chat
