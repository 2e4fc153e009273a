// What we send to Anthropic.
#include <algorithm>
#include <vector>

#include "messages/json.hpp"
#include "net/client/anthropic.hpp"
#include "net/client/reply_parts.hpp"

namespace jobraker::net::anthropic {
namespace {

constexpr std::int64_t default_max_tokens = 4096;

/// Messages that become one turn.
struct Turn {
  bool assistant = false;
  std::vector<const ModelMessage*> messages;
};

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// Whether anything of the message can be sent.
bool has_content(const ModelMessage& message) {
  return message.role == ModelRole::tool || !blank(message.text) || !message.images.empty() ||
         !message.tool_calls.empty();
}

std::vector<Turn> turns_of(const std::vector<ModelMessage>& messages) {
  std::vector<Turn> out;
  for (const auto& message : messages) {
    if (message.role == ModelRole::system || !has_content(message))
      continue;
    const bool assistant = message.role == ModelRole::assistant;
    if (out.empty() || out.back().assistant != assistant)
      out.push_back({assistant, {}});
    out.back().messages.push_back(&message);
  }
  return out;
}

/// Ids of other providers may hold characters that Anthropic refuses; call and result change alike.
std::string id_of(std::string id) {
  std::replace_if(
    id.begin(), id.end(),
    [](char c) {
      const char lower = to_lower(c);
      return !(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-';
    },
    '_');
  return id.empty() ? "call" : id;
}

void write_text(json::Writer& w, std::string_view text) {
  if (!blank(text))
    w.begin_object().member("type", "text").member("text", text).end_object();
}

void write_result(json::Writer& w, const ModelMessage& message) {
  const auto id = id_of(message.tool_call_id);
  w.begin_object().member("type", "tool_result").member("tool_use_id", std::string_view{id});
  w.member("content", std::string_view{message.text}).end_object();
}

void write_image(json::Writer& w, const ModelImage& image) {
  const auto data = base64(image.bytes);
  w.begin_object().member("type", "image").key("source").begin_object();
  w.member("type", "base64").member("media_type", std::string_view{image.media_type});
  w.member("data", std::string_view{data}).end_object().end_object();
}

void write_call(json::Writer& w, const ToolCall& call) {
  const auto id = id_of(call.id);
  w.begin_object().member("type", "tool_use").member("id", std::string_view{id});
  w.member("name", std::string_view{call.name});
  w.key("input").raw(object_or_empty(call.arguments)).end_object();
}

void write_turn(json::Writer& w, const Turn& turn) {
  w.begin_object().member("role", turn.assistant ? "assistant" : "user");
  w.key("content").begin_array();
  // Results stand before all else, or the call counts as unanswered.
  for (const auto* message : turn.messages)
    if (message->role == ModelRole::tool)
      write_result(w, *message);
  for (const auto* message : turn.messages) {
    if (message->role == ModelRole::tool)
      continue;
    for (const auto& image : message->images)
      write_image(w, image);
    write_text(w, message->text);
    for (const auto& call : message->tool_calls)
      write_call(w, call);
  }
  w.end_array().end_object();
}

void write_system(json::Writer& w, const std::vector<ModelMessage>& messages) {
  std::string text;
  for (const auto& message : messages)
    if (message.role == ModelRole::system && !blank(message.text))
      text += (text.empty() ? "" : "\n\n") + message.text;
  if (!text.empty())
    w.member("system", std::string_view{text});
}

void write_messages(json::Writer& w, const std::vector<ModelMessage>& messages) {
  const auto turns = turns_of(messages);
  w.key("messages").begin_array();
  if (!turns.empty() && turns.front().assistant) {  // the person has the first word there
    w.begin_object().member("role", "user").key("content").begin_array();
    write_text(w, "(The conversation goes on.)");
    w.end_array().end_object();
  }
  for (const auto& turn : turns)
    write_turn(w, turn);
  w.end_array();
}

void write_tools(json::Writer& w, const std::vector<ToolSpec>& tools) {
  if (tools.empty())
    return;
  w.key("tools").begin_array();
  for (const auto& tool : tools) {
    w.begin_object().member("name", std::string_view{tool.name});
    if (!tool.description.empty())
      w.member("description", std::string_view{tool.description});
    w.key("input_schema");
    w.raw(tool.parameters.empty() ? std::string_view{R"({"type":"object","properties":{}})"}
                                  : std::string_view{tool.parameters});
    w.end_object();
  }
  w.end_array();
}

void write_output(json::Writer& w, const ModelRequest& request) {
  const auto& effort = request.dialect.reasoning_effort;
  if (request.schema.empty() && effort.empty())
    return;
  w.key("output_config").begin_object();
  if (!request.schema.empty())
    w.key("format")
      .begin_object()
      .member("type", "json_schema")
      .key("schema")
      .raw(request.schema)
      .end_object();
  if (!effort.empty())
    w.member("effort", std::string_view{effort});
  w.end_object();
}

}  // namespace

Headers request_headers(std::string_view api_key, bool stream) {
  return Headers{{"x-api-key", api_key},
                 {"anthropic-version", "2023-06-01"},
                 {"content-type", "application/json"},
                 {"accept", stream ? "text/event-stream" : "application/json"}};
}

std::string messages_body(const ModelRequest& request) {
  json::Writer w;
  w.begin_object().member("model", std::string_view{request.model});
  w.member("max_tokens", request.max_tokens > 0 ? request.max_tokens : default_max_tokens);
  write_system(w, request.messages);
  write_messages(w, request.messages);
  write_tools(w, request.tools);
  write_output(w, request);
  if (request.temperature && request.dialect.temperature)
    w.member("temperature", std::clamp(*request.temperature, 0.0, 1.0));
  if (request.stream)
    w.member("stream", true);
  if (!request.safety_id.empty())
    w.key("metadata")
      .begin_object()
      .member("user_id", std::string_view{request.safety_id})
      .end_object();
  w.end_object();
  return w.text();
}

}  // namespace jobraker::net::anthropic
