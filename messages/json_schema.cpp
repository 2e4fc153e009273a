#include "messages/json_schema.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

// As in json.cpp: both must see the same types.
#define RAPIDJSON_HAS_STDSTRING 1
#include <rapidjson/document.h>
#include <rapidjson/internal/regex.h>
#include <rapidjson/pointer.h>
#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>

#include "messages/json_pattern.hpp"

namespace jobraker::json {
namespace {

using Regex = rapidjson::internal::GenericRegex<rapidjson::UTF8<>>;

/// What the value of a word of JSON Schema is.
enum class Form : std::uint8_t {
  note,    // decides nothing
  number,  // a bound
  count,   // a whole number from 0
  flag,
  strings,  // a list of strings
  list,     // of anything
  type,     // a name of a type, or a list of them
  pattern,
  schema,
  schema_or_flag,
  schema_or_list,  // a schema or a list of schemas
  schemas,         // a list of schemas
  members,         // an object of schemas
  patterns,        // the same with patterns as names
  dependencies,    // an object of schemas or lists of names
  reference,
};

constexpr std::pair<std::string_view, Form> words[] = {
  {"$schema", Form::note},
  {"$comment", Form::note},
  {"title", Form::note},
  {"description", Form::note},
  {"default", Form::note},
  {"examples", Form::note},
  {"$ref", Form::reference},
  {"$defs", Form::members},
  {"definitions", Form::members},
  {"type", Form::type},
  {"enum", Form::list},
  {"properties", Form::members},
  {"required", Form::strings},
  {"additionalProperties", Form::schema_or_flag},
  {"patternProperties", Form::patterns},
  {"dependencies", Form::dependencies},
  {"minProperties", Form::count},
  {"maxProperties", Form::count},
  {"items", Form::schema_or_list},
  {"additionalItems", Form::schema_or_flag},
  {"minItems", Form::count},
  {"maxItems", Form::count},
  {"uniqueItems", Form::flag},
  {"minLength", Form::count},
  {"maxLength", Form::count},
  {"pattern", Form::pattern},
  {"minimum", Form::number},
  {"maximum", Form::number},
  {"exclusiveMinimum", Form::flag},
  {"exclusiveMaximum", Form::flag},
  {"multipleOf", Form::number},
  {"allOf", Form::schemas},
  {"anyOf", Form::schemas},
  {"oneOf", Form::schemas},
  {"not", Form::schema},
};

constexpr std::array<std::string_view, 7> types{"null",   "boolean", "object", "array",
                                                "number", "string",  "integer"};

bool good_pattern(const std::string& text) {
  return understood_pattern(text) && Regex{text.c_str()}.IsValid();
}

/// One token of a JSON pointer (RFC 6901 §3).
std::string escaped(std::string_view token) {
  std::string out;
  for (char c : token)
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  return out;
}

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i)
    if (token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1'))
      out += token[++i] == '0' ? '~' : '/';
    else
      out += token[i];
  return out;
}

/// What `pointer` leads to, or an empty view.
View resolve(View value, std::string_view pointer) {
  while (!pointer.empty() && value) {
    if (pointer.front() != '/')
      return {};
    pointer.remove_prefix(1);
    auto token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    if (value.is_array()) {
      std::size_t index = 0;
      auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
      if (error != std::errc{} || end != token.data() + token.size())
        return {};
      value = value.at(index);
    } else {
      value = value[unescaped(token)];
    }
  }
  return value;
}

bool is_type_name(View value) {
  auto text = value.string();
  return text && std::find(types.begin(), types.end(), *text) != types.end();
}

bool all_elements(View list, bool (*good)(View)) {
  bool ok = list.is_array();
  list.each_element([&](View element) { ok = ok && good(element); });
  return ok;
}

/// Looks whether every word of a schema is one that is understood, RapidJSON ignores the others.
class Reader {
public:
  explicit Reader(View root) : root_(root) {}

  std::vector<FieldProblem> read() {
    schema(root_);
    return std::move(problems_);
  }

private:
  void add(std::string detail) {
    if (problems_.size() < 50)
      problems_.push_back({path_, std::move(detail)});
  }
  template <class Visit>
  void at(std::string_view token, const Visit& visit) {
    auto length = path_.size();
    path_.append("/").append(escaped(token));
    visit();
    path_.resize(length);
  }
  void require(bool good, std::string_view rule) {
    if (!good)
      add(std::string{rule});
  }

  void schema(View value) {
    if (!value.is_object())
      return add("must be a schema, an object");
    value.each_member([&](std::string_view name, View member) {
      at(name, [&] {
        auto found = std::find_if(std::begin(words), std::end(words),
                                  [&](const auto& word) { return word.first == name; });
        if (found == std::end(words))
          add("is not a word of JSON Schema that is understood here");
        else
          word(found->second, member);
      });
    });
  }

  void word(Form form, View value) {
    switch (form) {
    case Form::note:
      return;
    case Form::number:
      return require(value.is_number(), "must be a number");
    case Form::count:
      return require(value.integer().value_or(-1) >= 0, "must be a whole number from 0");
    case Form::flag:
      return require(value.is_bool(), "must be true or false");
    case Form::strings:
      return require(all_elements(value, [](View v) { return v.is_string(); }),
                     "must be a list of strings");
    case Form::list:
      return require(value.size() > 0 && value.is_array(), "must be a list that is not empty");
    case Form::type:
      return require(is_type_name(value) || (value.size() > 0 && all_elements(value, is_type_name)),
                     "must be a type or a list of types");
    case Form::pattern:
      return require(value.is_string() && good_pattern(value.string_or("")),
                     "must be a pattern that is understood (no classes such as \\d)");
    case Form::reference:
      return reference(value);
    default:
      return nested(form, value);
    }
  }

  void nested(Form form, View value) {
    bool flag = value.is_bool() && form == Form::schema_or_flag;
    bool list = value.is_array() && (form == Form::schemas || form == Form::schema_or_list);
    bool map = form == Form::members || form == Form::patterns || form == Form::dependencies;
    if (flag)
      return;
    if (list)
      return each(value);
    if (!map && form != Form::schemas)
      return schema(value);
    if (!map || !value.is_object())
      return add(map ? "must be an object" : "must be a list of schemas");
    value.each_member([&](std::string_view name, View member) {
      at(name, [&] {
        if (form == Form::patterns)
          require(good_pattern(std::string{name}), "must be a pattern");
        if (form == Form::dependencies && member.is_array())
          return word(Form::strings, member);
        schema(member);
      });
    });
  }

  void each(View list) {
    require(list.size() > 0, "must not be empty");
    for (std::size_t i = 0; i < list.size(); ++i)
      at(std::to_string(i), [&] { schema(list.at(i)); });
  }

  /// A reference must lead to a schema in this text, and not to another reference: no circles.
  void reference(View value) {
    auto text = value.string();
    if (!text || !text->starts_with('#'))
      return add("must be a reference into this schema (#/…)");
    auto target = resolve(root_, text->substr(1));
    require(target.is_object() && !target["$ref"], "leads to no schema");
  }

  View root_;
  std::string path_;
  std::vector<FieldProblem> problems_;
};

using Validator = rapidjson::SchemaValidator;

/// Feeds a value to the validator, which stops at the first rule that is broken.
bool feed(View value, Validator& to) {
  if (value.is_object()) {
    rapidjson::SizeType count = 0;
    bool good = to.StartObject();
    value.each_member([&](std::string_view name, View member) {
      ++count;
      good = good && to.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()), true) &&
             feed(member, to);
    });
    return good && to.EndObject(count);
  }
  if (value.is_array()) {
    bool good = to.StartArray();
    value.each_element([&](View element) { good = good && feed(element, to); });
    return good && to.EndArray(static_cast<rapidjson::SizeType>(value.size()));
  }
  if (auto text = value.string())
    return to.String(text->data(), static_cast<rapidjson::SizeType>(text->size()), true);
  if (auto number = value.integer())
    return to.Int64(*number);
  if (auto number = value.number())
    return to.Double(*number);
  if (auto flag = value.boolean())
    return to.Bool(*flag);
  return to.Null();
}

/// Writes every reference with the percent signs that RapidJSON wants (`#/%24defs/a`): one that it
/// cannot read it takes for a schema without rules. `Reader` has seen that each leads somewhere.
void encode_references(rapidjson::Value& value, rapidjson::Document& document) {
  if (value.IsArray())
    for (auto& element : value.GetArray())
      encode_references(element, document);
  if (!value.IsObject())
    return;
  for (auto& member : value.GetObject()) {
    encode_references(member.value, document);
    if (member.name != "$ref" || !member.value.IsString())
      continue;
    rapidjson::Pointer pointer{member.value.GetString() + 1};
    rapidjson::StringBuffer buffer;
    pointer.StringifyUriFragment(buffer);
    member.value.SetString(buffer.GetString(), static_cast<rapidjson::SizeType>(buffer.GetSize()),
                           document.GetAllocator());
  }
}

std::string text_of(const rapidjson::Pointer& pointer) {
  rapidjson::StringBuffer buffer;
  pointer.Stringify(buffer);
  return {buffer.GetString(), buffer.GetSize()};
}

/// The rule behind a word, as a sentence whose subject is the value.
std::string rule(std::string_view word, View schema) {
  auto limit = schema[word].dump();
  constexpr std::pair<std::string_view, std::string_view> with_limit[] = {
    {"type", "must be of type "},
    {"enum", "must be one of "},
    {"minimum", "must be at least "},
    {"maximum", "must be at most "},
    {"multipleOf", "must be a multiple of "},
    {"pattern", "must match the pattern "},
    {"minLength", "must have at least this many characters: "},
    {"maxLength", "must have at most this many characters: "},
    {"minItems", "must have at least this many items: "},
    {"maxItems", "must have at most this many items: "},
    {"minProperties", "must have at least this many members: "},
    {"maxProperties", "must have at most this many members: "},
  };
  for (auto [name, sentence] : with_limit)
    if (name == word)
      return std::string{sentence} + limit;
  if (word == "additionalProperties")
    return "is not known here";
  if (word == "uniqueItems")
    return "must not hold an item twice";
  if (word == "items")
    return "has more items than allowed";
  return "breaks the rule " + std::string{word};
}

void write_canonical(Writer& writer, View value) {
  if (value.is_object()) {
    std::vector<std::pair<std::string, View>> members;
    value.each_member(
      [&](std::string_view name, View member) { members.emplace_back(std::string{name}, member); });
    auto by_name = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::stable_sort(members.begin(), members.end(), by_name);
    auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    members.erase(std::unique(members.begin(), members.end(), same), members.end());
    writer.begin_object();
    for (const auto& [name, member] : members) {
      writer.key(name);
      write_canonical(writer, member);
    }
    writer.end_object();
  } else if (value.is_array()) {
    writer.begin_array();
    value.each_element([&](View element) { write_canonical(writer, element); });
    writer.end_array();
  } else if (auto number = value.integer()) {
    writer.value(*number);
  } else {
    writer.raw(value.dump());
  }
}

}  // namespace

struct Schema::Impl {
  Document text;                 ///< to look up what a broken rule says
  rapidjson::Document document;  ///< what `compiled` was made from
  std::optional<rapidjson::SchemaDocument> compiled{};
};

Schema::Schema(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;
Schema::~Schema() = default;

Result<Schema> Schema::compile(std::string_view text) {
  auto parsed = Document::parse(text);
  if (!parsed)
    return fail(std::move(parsed.error()));
  if (auto problems = Reader{parsed->root()}.read(); !problems.empty()) {
    auto detail = "the schema's " + problems.front().pointer + " " + problems.front().detail;
    return fail(Error{Errc::invalid, std::move(detail), std::move(problems), {}});
  }
  auto impl = std::make_unique<Impl>(Impl{std::move(*parsed), {}, {}});
  impl->document.Parse(text.data(), text.size());
  encode_references(impl->document, impl->document);
  impl->compiled.emplace(impl->document);
  return Schema{std::move(impl)};
}

std::vector<FieldProblem> Schema::problems(View value) const {
  Validator validator{*impl_->compiled};
  if (feed(value, validator))
    return {};
  auto where = text_of(validator.GetInvalidDocumentPointer());
  const char* keyword = validator.GetInvalidSchemaKeyword();
  std::string_view word = keyword ? keyword : "";
  auto schema = resolve(impl_->text.root(), text_of(validator.GetInvalidSchemaPointer()));
  if (word != "required")
    return {{where, rule(word, schema)}};
  std::vector<FieldProblem> out;
  auto object = resolve(value, where);
  schema[word].each_element([&](View name) {
    if (!object[*name.string()])
      out.push_back({where + "/" + escaped(*name.string()), "is required"});
  });
  return out;
}

Done Schema::check(View value) const {
  auto found = problems(value);
  if (found.empty())
    return {};
  auto where = found.front().pointer.empty() ? "the value" : found.front().pointer;
  return fail(Error{Errc::invalid, where + " " + found.front().detail, std::move(found), {}});
}

std::string canonical(View value) {
  Writer writer;
  write_canonical(writer, value);
  return writer.text();
}

}  // namespace jobraker::json
