#include "tools/sandbox/anthropic_reply.hpp"

#include "tools/sandbox/tokens.hpp"

namespace jobraker::sandbox {

namespace {

using json::Writer;

/// Stands where a piece of text comes in.
constexpr std::string_view hole = "@piece@";

std::string event(std::string_view name, const Writer& data) {
  return "event: " + std::string{name} + "\ndata: " + data.text() + "\n\n";
}

/// Input, cache writes and cache reads apart from each other, as Anthropic counts.
void write_usage(Writer& out, const Usage& usage, std::uint64_t completion) {
  auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  out.begin_object();
  out.member("input_tokens", number(usage.prompt - usage.cached - usage.cache_written))
    .member("cache_creation_input_tokens", number(usage.cache_written))
    .member("cache_read_input_tokens", number(usage.cached))
    .member("output_tokens", number(completion))
    .member("service_tier", "standard");
  out.end_object();
}

std::string_view stop_reason(const ChatChoice& choice) {
  if (choice.finish_reason == "length")
    return "max_tokens";
  if (!choice.calls.empty())
    return "tool_use";
  return choice.stop_hit.empty() ? "end_turn" : "stop_sequence";
}

void write_stop(Writer& out, const ChatChoice& choice) {
  out.member("stop_reason", stop_reason(choice)).key("stop_sequence");
  if (stop_reason(choice) == "stop_sequence")
    out.value(std::string_view{choice.stop_hit});
  else
    out.null();
}

/// OpenAI's `call_…` under Anthropic's name.
std::string tool_id(const ToolCall& call) { return "toolu_" + call.id.substr(5); }

void write_head(Writer& out, const MessageFrame& frame) {
  out.member("id", std::string_view{frame.id})
    .member("type", "message")
    .member("role", "assistant")
    .member("model", std::string_view{frame.model});
}

StreamShape shape_of(std::size_t index, std::string_view type, std::string_view member) {
  Writer data;
  data.begin_object()
    .member("type", "content_block_delta")
    .member("index", static_cast<std::int64_t>(index))
    .key("delta")
    .begin_object()
    .member("type", type)
    .member(member, hole)
    .end_object()
    .end_object();
  auto text = event("content_block_delta", data);
  auto at = text.find("\"" + std::string{hole} + "\"");
  return {text.substr(0, at), text.substr(at + hole.size() + 2), false, {}};
}

std::string block_start(std::size_t index, const ToolCall* call) {
  Writer data;
  data.begin_object()
    .member("type", "content_block_start")
    .member("index", static_cast<std::int64_t>(index))
    .key("content_block")
    .begin_object();
  if (call != nullptr)
    data.member("type", "tool_use")
      .member("id", std::string_view{tool_id(*call)})
      .member("name", std::string_view{call->name})
      .key("input")
      .begin_object()
      .end_object();
  else
    data.member("type", "text").member("text", "");
  data.end_object().end_object();
  return event("content_block_start", data);
}

std::string block_stop(std::size_t index) {
  Writer data;
  data.begin_object()
    .member("type", "content_block_stop")
    .member("index", static_cast<std::int64_t>(index))
    .end_object();
  return event("content_block_stop", data);
}

std::string message_start(const MessageFrame& frame) {
  Writer data;
  data.begin_object().member("type", "message_start").key("message").begin_object();
  write_head(data, frame);
  data.key("content")
    .begin_array()
    .end_array()
    .key("stop_reason")
    .null()
    .key("stop_sequence")
    .null();
  data.key("usage");
  write_usage(data, frame.usage, std::min<std::uint64_t>(1, frame.usage.completion));
  data.end_object().end_object();
  return event("message_start", data);
}

}  // namespace

std::string whole_message(const MessageFrame& frame, const ChatChoice& choice) {
  Writer out;
  out.begin_object();
  write_head(out, frame);
  out.key("content").begin_array();
  if (!choice.content.empty())
    out.begin_object()
      .member("type", "text")
      .member("text", std::string_view{choice.content})
      .end_object();
  for (const auto& call : choice.calls) {
    out.begin_object()
      .member("type", "tool_use")
      .member("id", std::string_view{tool_id(call)})
      .member("name", std::string_view{call.name})
      .key("input");
    // A call that was cut or spoiled has no input to parse; the service then gives an empty one.
    if (json::Document::parse(call.arguments))
      out.raw(call.arguments);
    else
      out.begin_object().end_object();
    out.end_object();
  }
  out.end_array();
  write_stop(out, choice);
  out.key("usage");
  write_usage(out, frame.usage, frame.usage.completion);
  out.end_object();
  return out.text();
}

StreamScript streamed_message(const MessageFrame& frame, const ChatChoice& choice) {
  StreamScript out;
  out.whole(message_start(frame));
  out.whole("event: ping\ndata: {\"type\":\"ping\"}\n\n");
  std::size_t index = 0;
  if (!choice.content.empty()) {
    out.whole(block_start(index, nullptr));
    auto shape = out.shape(shape_of(index, "text_delta", "text"));
    for (auto& piece : token_pieces(choice.content))
      out.add(shape, std::move(piece));
    out.whole(block_stop(index++));
  }
  for (const auto& call : choice.calls) {
    out.whole(block_start(index, &call), static_cast<std::uint32_t>(call.head_tokens));
    auto shape = out.shape(shape_of(index, "input_json_delta", "partial_json"));
    for (auto& piece : token_pieces(call.arguments))
      out.add(shape, std::move(piece));
    out.whole(block_stop(index++));
  }
  Writer delta;
  delta.begin_object().member("type", "message_delta").key("delta").begin_object();
  write_stop(delta, choice);
  delta.end_object().key("usage");
  write_usage(delta, frame.usage, frame.usage.completion);
  delta.end_object();
  out.whole(event("message_delta", delta));
  out.whole("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
  return out;
}

std::string error_event(std::string_view json) {
  return "event: error\ndata: " + std::string{json} + "\n\n";
}

}  // namespace jobraker::sandbox
