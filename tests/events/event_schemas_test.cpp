#include "messages/event_schemas.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>

#include "messages/json_schema.hpp"
#include "tests/events/event_samples.hpp"

namespace jobraker {
namespace {

using test::any_event;
using test::each_event;
using testing::HasSubstr;
using testing::IsEmpty;

const Time noon = *parse_rfc3339("2026-11-20T12:00:00Z");

json::Document schema_of(std::string_view type) {
  auto text = event_schema(type);
  if (!text)
    throw std::runtime_error("no schema of " + std::string{type});
  return std::move(*json::Document::parse(*text));
}

std::string canonical(const std::string& text) {
  return json::canonical(json::Document::parse(text)->root());
}

template <class T>
std::string json_type() {
  if constexpr (json::detail::is_optional<T>)
    return json_type<typename T::value_type>();
  else if constexpr (json::detail::is_vector<T>)
    return "array";
  else if constexpr (std::is_same_v<T, bool>)
    return "boolean";
  else if constexpr (std::is_integral_v<T>)
    return "integer";
  else if constexpr (std::is_floating_point_v<T>)
    return "number";
  else
    return "string";
}

std::set<std::string> strings(json::View list) {
  std::set<std::string> out;
  list.each_element([&](json::View element) { out.insert(element.string_or("null")); });
  return out;
}

/// Where a member and what its schema says of it are not of one mind.
template <class Owner, class T>
std::string difference(const Field<Owner, T>& field, json::View schema) {
  auto property = schema["properties"][field.name];
  auto name = std::string{field.name};
  if (!property)
    return name + " is not in the schema";
  std::set<std::string> types{json_type<T>()};
  if (json::detail::is_optional<T>)
    types.insert("null");
  auto written = property["type"].is_array() ? strings(property["type"])
                                             : std::set{property["type"].string_or("")};
  if (written != types)
    return name + " has another type";
  if (strings(schema["required"]).contains(name) == json::detail::is_optional<T>)
    return name + " is required exactly when it cannot be null";
  bool closed = property["enum"] || property["format"];
  if (std::is_same_v<T, std::string> && !closed &&
      property["maxLength"].integer() != static_cast<std::int64_t>(field.rules.max_length))
    return name + " has another maxLength than where we read it";
  if (json::detail::is_vector<T> &&
      property["maxItems"].integer() != static_cast<std::int64_t>(field.rules.max_items))
    return name + " has another maxItems than where we read it";
  return {};
}

/// All differences between an event and a schema.
template <class E>
std::vector<std::string> differences(json::View schema) {
  std::vector<std::string> found;
  std::set<std::string> known;
  auto one = [&](const auto& field) {
    known.emplace(field.name);
    if (auto text = difference(field, schema); !text.empty())
      found.push_back(text);
  };
  std::apply([&](const auto&... f) { (one(f), ...); }, E::fields());
  schema["properties"].each_member([&](std::string_view name, json::View) {
    if (!known.contains(std::string{name}))
      found.push_back(std::string{name} + " is only in the schema");
  });
  if (schema["x-topic"].string() != name_of(E::topic))
    found.push_back("x-topic is another");
  return found;
}

std::string replaced(std::string text, const std::string& old, const std::string& with) {
  auto at = text.find(old);
  if (at == std::string::npos)
    throw std::runtime_error(old + " is not there to be replaced");
  return text.replace(at, old.size(), with);
}

TEST(EventSchemas, SayWhatTheEventsAre) {
  each_event([]<class E>(const E&) {
    EXPECT_THAT(differences<E>(schema_of(E::event_type).root()), IsEmpty()) << E::event_type;
  });
}

TEST(EventSchemas, ADifferenceIsFound) {
  const std::pair<std::string, std::string> edits[] = {
    {"\"jobs\": {", "\"postings\": {"},                       // a member the schema lacks
    {"\"properties\": {", "\"properties\": {\"more\": {},"},  // one the event lacks
    {"\"type\": \"integer\"", "\"type\": \"number\""},
    {"\"type\": \"integer\"", "\"type\": [\"integer\", \"null\"]"},
    {"\"user_id\", ", ""},  // no longer required
    {"\"x-topic\": \"digest-sent\"", "\"x-topic\": \"digests\""}};
  std::string text{*event_schema(DigestSent::event_type)};
  for (const auto& [old, with] : edits) {
    auto edited = json::Document::parse(replaced(text, old, with));
    ASSERT_TRUE(edited) << old;
    EXPECT_FALSE(differences<DigestSent>(edited->root()).empty()) << old << " -> " << with;
  }
  std::string longer{*event_schema(JobPosted::event_type)};
  const std::pair<std::string, std::string> bounds[] = {
    {"\"maxLength\": 2000", "\"maxLength\": 200"}, {"\"maxItems\": 200", "\"maxItems\": 2000"}};
  for (const auto& [old, with] : bounds) {
    auto edited = json::Document::parse(replaced(longer, old, with));
    ASSERT_TRUE(edited) << old;
    EXPECT_FALSE(differences<JobPosted>(edited->root()).empty()) << old;
  }
}

TEST(EventSchemas, EveryEventHasOneAndNoneIsLeftOver) {
  std::ifstream file{JOBRAKER_SOURCE_DIR "/messages/events.hpp"};
  std::stringstream text;
  text << file.rdbuf();
  std::set<std::string> declared, tested, files;
  std::string word;
  while (text >> word)
    if (word.starts_with("\"jobraker.") && word.ends_with("\";"))
      declared.insert(word.substr(1, word.size() - 3));
  each_event([&]<class E>(const E&) { tested.emplace(E::event_type); });
  for (const auto& entry :
       std::filesystem::directory_iterator{JOBRAKER_SOURCE_DIR "/messages/events"})
    if (auto name = entry.path().filename().string(); name.starts_with("jobraker."))
      files.insert(entry.path().stem().string());
  EXPECT_EQ(declared, tested);
  EXPECT_EQ(declared, files);
  for (const auto& type : files)
    EXPECT_TRUE(event_schema(type).has_value()) << type;
  EXPECT_FALSE(event_schema("jobraker.job.posted.v0").has_value());
}

TEST(EventSchemas, WhateverTheServerEncodesIsValid) {
  each_event([]<class E>(const E&) {
    auto outcome = rc::check(std::string{E::event_type} + ": what is encoded is valid", [] {
      auto event = make_event(any_event<E>(), noon);
      auto checked = validate_event(event);
      RC_ASSERT((checked ? "" : checked.error().detail + " in " + event.data) == "");
    });
    EXPECT_TRUE(outcome) << E::event_type;
  });
}

TEST(EventSchemas, ExamplesAreValidAndReadable) {
  each_event([]<class E>(const E&) {
    auto schema = schema_of(E::event_type);
    EXPECT_GT(schema.root()["examples"].size(), 0u);
    schema.root()["examples"].each_element([](json::View example) {
      auto event = json::decode<E>(example);
      ASSERT_TRUE(event) << event.error().detail;
      EXPECT_TRUE(validate_event(make_event(*event, noon)).has_value());
      EXPECT_EQ(json::canonical(example), canonical(json::encode(*event)));
    });
  });
}

std::vector<std::string> member_names(json::View object) {
  std::vector<std::string> names;
  object.each_member([&](std::string_view name, json::View) { names.emplace_back(name); });
  return names;
}

/// The first example of a schema with a member replaced, or left out when `with` is empty.
Event edited_example(std::string_view type, Topic topic, const std::string& key,
                     std::string_view member, std::string_view with) {
  auto schema = schema_of(type);
  auto example = schema.root()["examples"].at(0);
  json::Writer out;
  out.begin_object();
  example.each_member([&](std::string_view name, json::View value) {
    if (name != member)
      out.key(name).raw(value.dump());
    else if (!with.empty())
      out.key(name).raw(with);
  });
  if (!example[member] && !with.empty())
    out.key(member).raw(with);
  out.end_object();
  return {new_uuid(), topic, std::string{type}, key, noon, out.text(), {}};
}

TEST(EventSchemas, DataThatBreaksThemIsRefused) {
  each_event([]<class E>(const E&) {
    auto schema = schema_of(E::event_type);
    auto key = json::decode<E>(schema.root()["examples"].at(0))->key();
    auto verdict = [&](std::string_view member, std::string_view with) {
      return validate_event(edited_example(E::event_type, E::topic, key, member, with)).has_value();
    };
    EXPECT_TRUE(verdict("new_member", "{\"of\":\"later\"}")) << "events may grow";
    for (const auto& name : member_names(schema.root()["properties"])) {
      auto property = schema.root()["properties"][name];
      EXPECT_FALSE(verdict(name, "{}")) << name;
      bool required = strings(schema.root()["required"]).contains(name);
      if (required || !strings(schema.root()["x-key"]).contains(name))
        EXPECT_EQ(verdict(name, ""), !required) << name;
      if (required)
        EXPECT_FALSE(verdict(name, "null")) << name;
      if (property["minimum"])
        EXPECT_FALSE(verdict(name, "-1")) << name;
      if (property["maximum"])
        EXPECT_FALSE(verdict(name, "100.5")) << name;
      if (property["enum"] || property["pattern"])
        EXPECT_FALSE(verdict(name, "\"no such word!\"")) << name;
      if (property["maxLength"])
        EXPECT_FALSE(verdict(name, '"' + std::string(2001, 'x') + '"')) << name;
    }
  });
}

TEST(EventSchemas, FormatsHaveAPatternThatDecides) {
  each_event([]<class E>(const E&) {
    schema_of(E::event_type)
      .root()["properties"]
      .each_member([](std::string_view name, json::View property) {
        EXPECT_EQ(!property["format"] || property["pattern"], true) << name;
        EXPECT_NE(property["description"].string_or(""), "") << name;
      });
  });
}

TEST(EventSchemas, AnEnvelopeThatDoesNotFitIsRefused) {
  const auto good = make_event(DigestSent{uuid_of("d"), UserId::of("ada"), 3}, noon);
  EXPECT_TRUE(validate_event(good).has_value());
  auto detail = [](const Event& event) {
    auto checked = validate_event(event);
    return checked ? "accepted" : checked.error().detail;
  };
  auto bad = good;
  bad.type = "jobraker.digest.sent.v9";
  EXPECT_THAT(detail(bad), HasSubstr("is not the type of an event"));
  bad = good;
  bad.topic = Topic::job_posted;
  EXPECT_THAT(detail(bad), HasSubstr("belong"));
  bad = good;
  bad.key = to_string(UserId::of("bob"));
  EXPECT_THAT(detail(bad), HasSubstr("key"));
  bad = good;
  bad.data = "{";
  EXPECT_EQ(validate_event(bad).error().code, Errc::malformed);
  bad.data = R"({"jobs":"three"})";
  auto checked = validate_event(bad);
  EXPECT_EQ(checked.error().code, Errc::invalid);
  EXPECT_FALSE(checked.error().fields.empty());
}

template <NamedEnum E>
std::set<std::string> names_of() {
  return {std::begin(enum_names<E>), std::end(enum_names<E>)};
}

TEST(EventSchemas, EnumerateAllWordsThatAreWritten) {
  auto posted = schema_of(JobPosted::event_type);
  auto words = [](const json::Document& schema, std::string_view name) {
    return strings(schema.root()["properties"][name]["enum"]);
  };
  EXPECT_EQ(words(posted, "source"), names_of<SourceKind>());
  EXPECT_EQ(words(posted, "workplace"), names_of<Workplace>());
  EXPECT_EQ(words(posted, "seniority"), names_of<Seniority>());
  auto changed = schema_of(ApplicationStatusChanged::event_type);
  auto statuses = names_of<ApplicationStatus>();
  EXPECT_EQ(words(changed, "status"), statuses);
  statuses.insert("null");
  EXPECT_EQ(words(changed, "previous"), statuses);
  auto ends = names_of<TurnState>();
  ends.erase("queued");
  ends.erase("running");
  EXPECT_EQ(words(schema_of(ChatTurnCompleted::event_type), "outcome"), ends);
}

}  // namespace
}  // namespace jobraker
