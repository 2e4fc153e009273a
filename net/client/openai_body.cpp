// What we send to servers that speak OpenAI's protocol.
#include <algorithm>

#include "messages/json.hpp"
#include "net/client/openai.hpp"
#include "net/client/reply_parts.hpp"

namespace jobraker::net::openai {
namespace {

using Messages = std::vector<ModelMessage>;

void write_user(json::Writer& w, const ModelMessage& message) {
  w.begin_object().member("role", "user").key("content");
  if (message.images.empty()) {
    w.value(std::string_view{message.text}).end_object();
    return;
  }
  w.begin_array();
  if (!message.text.empty())
    w.begin_object()
      .member("type", "text")
      .member("text", std::string_view{message.text})
      .end_object();
  for (const auto& image : message.images) {
    const auto url = "data:" + image.media_type + ";base64," + base64(image.bytes);
    w.begin_object().member("type", "image_url").key("image_url");
    w.begin_object().member("url", std::string_view{url}).end_object().end_object();
  }
  w.end_array().end_object();
}

void write_function(json::Writer& w, const ToolCall& call) {
  const auto arguments = object_or_empty(call.arguments);
  w.begin_object().member("name", std::string_view{call.name});
  w.member("arguments", std::string_view{arguments}).end_object();
}

/// An assistant's message up to its calls.
void open_assistant(json::Writer& w, const ModelMessage& message, bool with_text) {
  w.begin_object().member("role", "assistant").key("content");
  if (with_text && (!message.text.empty() || message.tool_calls.empty()))
    w.value(std::string_view{message.text});
  else
    w.null();
}

void write_assistant(json::Writer& w, const ModelMessage& message) {
  open_assistant(w, message, true);
  if (!message.tool_calls.empty()) {
    w.key("tool_calls").begin_array();
    for (const auto& call : message.tool_calls) {
      w.begin_object().member("id", std::string_view{call.id}).member("type", "function");
      w.key("function");
      write_function(w, call);
      w.end_object();
    }
    w.end_array();
  }
  w.end_object();
}

void write_tool(json::Writer& w, const ModelMessage& message) {
  w.begin_object().member("role", "tool");
  w.member("tool_call_id", std::string_view{message.tool_call_id});
  w.member("content", std::string_view{message.text}).end_object();
}

void write_legacy_result(json::Writer& w, std::string_view name, const ModelMessage& message) {
  w.begin_object().member("role", "function").member("name", name);
  w.member("content", std::string_view{message.text}).end_object();
}

/// Writes the assistant's message at `at` and the results behind it; answers the place after them.
/// One call a turn: each call is followed by its own result.
std::size_t write_legacy_turn(json::Writer& w, const Messages& messages, std::size_t at) {
  const auto& message = messages[at];
  auto end = at + 1;
  while (end < messages.size() && messages[end].role == ModelRole::tool)
    ++end;
  if (message.tool_calls.empty())
    write_assistant(w, message);
  std::vector<bool> used(end - at, false);
  bool first = true;
  for (const auto& call : message.tool_calls) {
    open_assistant(w, message, first);
    w.key("function_call");
    write_function(w, call);
    w.end_object();
    first = false;
    for (auto i = at + 1; i < end; ++i)
      if (!used[i - at] && messages[i].tool_call_id == call.id) {
        used[i - at] = true;
        write_legacy_result(w, call.name, messages[i]);
        break;
      }
  }
  for (auto i = at + 1; i < end; ++i)
    if (!used[i - at])
      write_legacy_result(w, messages[i].name, messages[i]);
  return end;
}

void write_messages(json::Writer& w, const ModelRequest& request) {
  const auto& messages = request.messages;
  w.key("messages").begin_array();
  for (std::size_t i = 0; i < messages.size();) {
    const auto& message = messages[i];
    if (request.dialect.legacy_functions && message.role == ModelRole::assistant) {
      i = write_legacy_turn(w, messages, i);
      continue;
    }
    if (message.role == ModelRole::user)
      write_user(w, message);
    else if (message.role == ModelRole::assistant)
      write_assistant(w, message);
    else if (message.role == ModelRole::system)
      w.begin_object()
        .member("role", "system")
        .member("content", std::string_view{message.text})
        .end_object();
    else if (request.dialect.legacy_functions)
      write_legacy_result(w, message.name, message);
    else
      write_tool(w, message);
    ++i;
  }
  w.end_array();
}

void write_spec(json::Writer& w, const ToolSpec& tool) {
  w.begin_object().member("name", std::string_view{tool.name});
  if (!tool.description.empty())
    w.member("description", std::string_view{tool.description});
  if (!tool.parameters.empty())
    w.key("parameters").raw(tool.parameters);
  w.end_object();
}

void write_tools(json::Writer& w, const ModelRequest& request) {
  if (request.tools.empty())
    return;
  w.key(request.dialect.legacy_functions ? "functions" : "tools").begin_array();
  for (const auto& tool : request.tools) {
    if (request.dialect.legacy_functions) {
      write_spec(w, tool);
      continue;
    }
    w.begin_object().member("type", "function").key("function");
    write_spec(w, tool);
    w.end_object();
  }
  w.end_array();
}

void write_schema(json::Writer& w, const ModelRequest& request) {
  if (request.schema.empty())
    return;
  w.key("response_format").begin_object().member("type", "json_schema").key("json_schema");
  w.begin_object().member("name", request.schema_name.empty()
                                    ? std::string_view{"answer"}
                                    : std::string_view{request.schema_name});
  w.member("strict", true).key("schema").raw(request.schema).end_object().end_object();
}

void write_stream(json::Writer& w, const ModelRequest& request) {
  if (!request.stream)
    return;  // stream_options alone are a 400
  w.member("stream", true).key("stream_options").begin_object().member("include_usage", true);
  if (request.dialect.continuous_usage)
    w.member("continuous_usage_stats", true);
  w.end_object();
}

}  // namespace

Headers request_headers(std::string_view api_key, bool stream) {
  Headers out{{"content-type", "application/json"},
              {"accept", stream ? "text/event-stream" : "application/json"}};
  if (!api_key.empty())
    out.add("authorization", "Bearer " + std::string{api_key});
  return out;
}

std::string chat_body(const ModelRequest& request) {
  json::Writer w;
  w.begin_object().member("model", std::string_view{request.model});
  write_messages(w, request);
  write_tools(w, request);
  write_schema(w, request);
  if (request.max_tokens > 0)
    w.member(request.dialect.completion_tokens ? "max_completion_tokens" : "max_tokens",
             request.max_tokens);
  if (request.temperature && request.dialect.temperature)
    w.member("temperature", std::clamp(*request.temperature, 0.0, 2.0));
  if (!request.dialect.reasoning_effort.empty())
    w.member("reasoning_effort", std::string_view{request.dialect.reasoning_effort});
  write_stream(w, request);
  w.member("store", false);
  if (!request.safety_id.empty())
    w.member("safety_identifier", std::string_view{request.safety_id});
  w.end_object();
  return w.text();
}

std::string embeddings_body(std::string_view model, const std::vector<std::string>& texts) {
  json::Writer w;
  w.begin_object().member("model", model).key("input").begin_array();
  for (const auto& text : texts)
    w.value(std::string_view{text});
  w.end_array();
  w.key("dimensions").value(static_cast<std::int64_t>(embedding_dimensions));
  w.member("encoding_format", "base64").end_object();
  return w.text();
}

std::string moderations_body(std::string_view model, const std::vector<std::string>& texts) {
  json::Writer w;
  w.begin_object().member("model", model).key("input").begin_array();
  for (const auto& text : texts)
    w.value(std::string_view{text});
  w.end_array().end_object();
  return w.text();
}

}  // namespace jobraker::net::openai
