#include "net/kafka/cloud_events.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "messages/context.hpp"
#include "messages/json.hpp"
#include "net/http/text.hpp"
#include "net/kafka/settings.hpp"

namespace jobraker::net::kafka {
namespace {

// Attributes by name, without the prefix `ce_`.
using Attributes = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view prefix = "ce_";
constexpr std::string_view content_type = "content-type";
constexpr std::size_t attribute_max = 2000;

bool starts_with_token(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && same_token(text.substr(0, start.size()), start);
}

// RFC 8259's type and every `+json` suffix (RFC 6839), whatever parameters follow.
bool is_json(std::string_view type) {
  const auto essence = trimmed(type.substr(0, type.find(';')));
  return same_token(essence, "application/json") ||
         (essence.size() > 5 && same_token(essence.substr(essence.size() - 5), "+json"));
}

// At most so many bytes, without half a character.
std::string head(std::string_view text, std::size_t most) {
  if (text.size() > most)
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U)
      --most;
  return std::string{text.substr(0, most)};
}

Done take(Attributes& attributes, std::string_view name, std::string_view value) {
  if (value.size() > attribute_max)
    return fail(Errc::invalid, "attribute " + std::string{name} + " is too long");
  if (!is_utf8(value) || value.find('\0') != std::string_view::npos)
    return fail(Errc::malformed, "attribute " + std::string{name} + " is not UTF-8 text");
  if (!attributes.emplace(name, value).second)
    return fail(Errc::invalid, "attribute " + std::string{name} + " occurs twice");
  return {};
}

Result<Attributes> read_headers(const Received& record) {
  Attributes attributes;
  for (const auto& [name, value] : record.headers) {
    Done taken;
    if (name.starts_with(prefix))
      taken = take(attributes, std::string_view{name}.substr(prefix.size()), value);
    else if (same_token(name, content_type))
      taken = take(attributes, "datacontenttype", value);
    if (!taken)
      return fail(std::move(taken.error()));
  }
  return attributes;
}

std::string_view get(const Attributes& attributes, std::string_view name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string_view{} : std::string_view{found->second};
}

Result<Uuid> read_id(std::string_view source, std::string_view id) {
  if (source != event_source)
    return uuid_of(std::string{source} + '\n' + std::string{id});
  if (const auto uuid = parse_uuid(id))
    return *uuid;
  return fail(Errc::invalid, "attribute id is not a UUID");
}

// Everything but the data.
Result<Event> read_attributes(const Attributes& attributes, const Received& record, Topic topic) {
  for (const std::string_view name : {"specversion", "id", "source", "type"})
    if (get(attributes, name).empty())
      return fail(Errc::invalid, "attribute " + std::string{name} + " is missing");
  if (get(attributes, "specversion") != "1.0")
    return fail(Errc::invalid, "attribute specversion is not 1.0");
  if (const auto type = get(attributes, "datacontenttype"); !type.empty() && !is_json(type))
    return fail(Errc::unsupported_media, "the data is not JSON");
  auto id = read_id(get(attributes, "source"), get(attributes, "id"));
  if (!id)
    return fail(std::move(id.error()));
  Event event{*id, topic, std::string{get(attributes, "type")}};
  event.key = record.key.empty() ? std::string{get(attributes, "partitionkey")} : record.key;
  if (!is_utf8(event.key) || event.key.find('\0') != std::string::npos)
    return fail(Errc::malformed, "the key is not UTF-8 text");
  event.time = record.timestamp;
  if (const auto text = get(attributes, "time"); !text.empty()) {
    const auto time = parse_rfc3339(text);
    if (!time)
      return fail(Errc::invalid, "attribute time is not an RFC 3339 time");
    event.time = *time;
  }
  // A broken one must not hurt: W3C says to go on as if there were none.
  if (const auto parent = get(attributes, "traceparent"); Trace::parse(parent))
    event.traceparent = parent;
  return event;
}

Result<Event> from_binary(const Received& record, Topic topic) {
  auto attributes = read_headers(record);
  if (!attributes)
    return fail(std::move(attributes.error()));
  if (attributes->empty())
    return fail(Errc::malformed, "the record is no CloudEvent: it has no headers ce_…");
  auto event = read_attributes(*attributes, record, topic);
  if (!event)
    return event;
  if (record.value.empty())
    return fail(Errc::malformed, "the event has no data");
  if (const auto parsed = json::Document::parse(record.value); !parsed)
    return fail(Errc::malformed, "the data is not JSON: " + parsed.error().detail);
  event->data = record.value;
  return event;
}

Result<Attributes> read_members(json::View root) {
  Attributes attributes;
  Done taken;
  root.each_member([&](std::string_view name, json::View value) {
    if (taken && name != "data" && value.string())
      taken = take(attributes, name, *value.string());
  });
  if (!taken)
    return fail(std::move(taken.error()));
  return attributes;
}

Result<Event> from_structured(const Received& record, Topic topic) {
  const auto parsed = json::Document::parse(record.value);
  if (!parsed)
    return fail(Errc::malformed, "the structured event is not JSON: " + parsed.error().detail);
  const auto root = parsed->root();
  if (!root.is_object())
    return fail(Errc::malformed, "the structured event is not a JSON object");
  auto attributes = read_members(root);
  if (!attributes)
    return fail(std::move(attributes.error()));
  auto event = read_attributes(*attributes, record, topic);
  if (!event)
    return event;
  const auto data = root["data"];
  if (!data)
    return fail(root["data_base64"] ? Errc::unsupported_media : Errc::malformed,
                root["data_base64"] ? "data_base64 is not read" : "the event has no data");
  event->data = data.dump();
  return event;
}

}  // namespace

Record to_record(const Event& event, std::string topic) {
  Record record{std::move(topic), event.key, event.data, {}};
  record.headers = {{"ce_specversion", "1.0"},
                    {"ce_id", to_string(event.id)},
                    {"ce_source", std::string{event_source}},
                    {"ce_type", event.type},
                    {"ce_time", to_rfc3339(event.time)},
                    {"ce_partitionkey", event.key}};
  if (!event.traceparent.empty())
    record.headers.push_back({"ce_traceparent", event.traceparent});
  record.headers.push_back({std::string{content_type}, "application/json"});
  return record;
}

Result<Event> from_record(const Received& record, Topic topic) {
  const auto type =
    std::find_if(record.headers.begin(), record.headers.end(),
                 [](const Header& header) { return same_token(header.name, content_type); });
  if (type == record.headers.end() || !starts_with_token(type->value, "application/cloudevents"))
    return from_binary(record, topic);
  if (!is_json(type->value))
    return fail(Errc::unsupported_media, "a structured event that is not JSON");
  return from_structured(record, topic);
}

Record to_dead_letter(const Event& event, std::string topic, const GivenUp& given_up) {
  auto letter = to_record(event, dead_letter_topic(topic));
  letter.headers.push_back({"dlq_original_topic", std::move(topic)});
  letter.headers.push_back({"dlq_consumer_group", given_up.group});
  letter.headers.push_back({"dlq_error_message", head(given_up.reason, 500)});
  letter.headers.push_back({"dlq_attempts", std::to_string(given_up.attempts)});
  letter.headers.push_back({"dlq_failed_at", to_rfc3339(given_up.at)});
  return letter;
}

}  // namespace jobraker::net::kafka
