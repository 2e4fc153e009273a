#include "tools/sandbox/openai_reply.hpp"

#include <algorithm>
#include <functional>

#include "tools/sandbox/tokens.hpp"

namespace jobraker::sandbox {

namespace {

using json::Writer;

void write_usage(Writer& out, const Usage& usage) {
  auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  out.begin_object();
  out.member("prompt_tokens", number(usage.prompt))
    .member("completion_tokens", number(usage.completion));
  out.member("total_tokens", number(usage.prompt + usage.completion));
  out.key("prompt_tokens_details")
    .begin_object()
    .member("cached_tokens", number(usage.cached))
    .member("audio_tokens", 0)
    .end_object();
  out.key("completion_tokens_details")
    .begin_object()
    .member("reasoning_tokens", 0)
    .member("audio_tokens", 0);
  out.member("accepted_prediction_tokens", 0).member("rejected_prediction_tokens", 0).end_object();
  out.end_object();
}

void write_function(Writer& out, const ToolCall& call) {
  out.begin_object()
    .member("name", std::string_view{call.name})
    .member("arguments", std::string_view{call.arguments})
    .end_object();
}

std::string event(const std::string& json) { return "data: " + json + "\n\n"; }

/// Stands where a piece of text comes in; JSON writes it as it is.
constexpr std::string_view hole = "@piece@";

/// One chunk with one choice; `delta` writes the inside of its delta.
std::string chunk(const ReplyFrame& frame, const ChatRequest& request, std::size_t index,
                  const std::function<void(Writer&)>& delta, std::string_view finish) {
  Writer out;
  out.begin_object()
    .member("id", std::string_view{frame.id})
    .member("object", "chat.completion.chunk");
  out.member("created", frame.created)
    .member("model", std::string_view{frame.model})
    .member("service_tier", "default");
  out.key("system_fingerprint").null();
  out.key("choices")
    .begin_array()
    .begin_object()
    .member("index", static_cast<std::int64_t>(index))
    .key("delta")
    .begin_object();
  delta(out);
  out.end_object().key("logprobs").null().key("finish_reason");
  if (finish.empty())
    out.null();
  else
    out.value(finish);
  out.end_object().end_array();
  if (request.include_usage)
    out.key("usage").null();
  out.end_object();
  return out.text();
}

/// The chunk around a piece. With continuous usage the sum so far stands at its end.
StreamShape shape_of(std::string json, const ChatRequest& request) {
  auto at = json.find("\"" + std::string{hole} + "\"");
  StreamShape shape{"data: " + json.substr(0, at), json.substr(at + hole.size() + 2), false, {}};
  if (request.continuous_usage) {
    auto usage = shape.after.rfind(",\"usage\":null}");
    shape.after.resize(usage == std::string::npos ? shape.after.size() - 1 : usage);
    shape.after += ",\"usage\":";
    shape.counts = true;
    shape.end = "}\n\n";
  } else {
    shape.after += "\n\n";
  }
  return shape;
}

void write_fragment(Writer& out, const ChatRequest& request, std::size_t index,
                    const ToolCall* start) {
  if (!request.legacy) {
    out.key("tool_calls").begin_array().begin_object();
    out.member("index", static_cast<std::int64_t>(index));
    if (start != nullptr)
      out.member("id", std::string_view{start->id}).member("type", "function");
  }
  out.key(request.legacy ? "function_call" : "function").begin_object();
  if (start != nullptr)
    out.member("name", std::string_view{start->name});
  out.member("arguments", hole).end_object();
  if (!request.legacy)
    out.end_object().end_array();
}

StreamScript stream_choice(const ReplyFrame& frame, const ChatRequest& request, std::size_t index,
                           const ChatChoice& choice) {
  StreamScript out;
  out.prompt_tokens(frame.usage.prompt, frame.usage.cached);
  auto json = [&](const std::function<void(Writer&)>& delta, std::string_view finish = {}) {
    return chunk(frame, request, index, delta, finish);
  };
  auto shape = [&](const std::function<void(Writer&)>& delta) {
    return out.shape(shape_of(json(delta), request));
  };
  out.whole(event(json([&](Writer& w) {
    w.member("role", "assistant").key("content");
    if (choice.calls.empty())
      w.value("");
    else
      w.null();
    w.key("refusal").null();
  })));
  if (!choice.content.empty()) {
    auto content = shape([](Writer& w) { w.member("content", hole); });
    for (auto& piece : token_pieces(choice.content))
      out.add(content, std::move(piece));
  }
  for (std::size_t i = 0; i < choice.calls.size(); ++i) {
    const auto& call = choice.calls[i];
    out.add(shape([&](Writer& w) { write_fragment(w, request, i, &call); }), "",
            static_cast<std::uint32_t>(call.head_tokens));
    auto more = shape([&](Writer& w) { write_fragment(w, request, i, nullptr); });
    for (auto& piece : token_pieces(call.arguments))
      out.add(more, std::move(piece));
  }
  out.whole(event(json([](Writer&) {}, choice.finish_reason)));
  return out;
}

}  // namespace

std::size_t completion_tokens(const std::vector<ChatChoice>& choices) {
  std::size_t sum = 0;
  for (const auto& choice : choices)
    sum += choice.tokens;
  return sum;
}

std::string whole_reply(const ReplyFrame& frame, const ChatRequest& request,
                        const std::vector<ChatChoice>& choices) {
  Writer out;
  out.begin_object().member("id", std::string_view{frame.id}).member("object", "chat.completion");
  out.member("created", frame.created)
    .member("model", std::string_view{frame.model})
    .key("choices")
    .begin_array();
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const auto& choice = choices[i];
    out.begin_object()
      .member("index", static_cast<std::int64_t>(i))
      .key("message")
      .begin_object()
      .member("role", "assistant")
      .key("content");
    if (choice.calls.empty() || !choice.content.empty())
      out.value(std::string_view{choice.content});
    else
      out.null();
    out.key("refusal").null();
    if (!choice.calls.empty() && request.legacy) {
      out.key("function_call");
      write_function(out, choice.calls.front());
    } else if (!choice.calls.empty()) {
      out.key("tool_calls").begin_array();
      for (const auto& call : choice.calls) {
        out.begin_object()
          .member("id", std::string_view{call.id})
          .member("type", "function")
          .key("function");
        write_function(out, call);
        out.end_object();
      }
      out.end_array();
    }
    out.key("annotations").begin_array().end_array().end_object();
    out.key("logprobs")
      .null()
      .member("finish_reason", std::string_view{choice.finish_reason})
      .end_object();
  }
  out.end_array().key("usage");
  write_usage(out, frame.usage);
  out.member("service_tier", "default").key("system_fingerprint").null();
  out.end_object();
  return out.text();
}

StreamScript streamed_reply(const ReplyFrame& frame, const ChatRequest& request,
                            const std::vector<ChatChoice>& choices) {
  std::vector<StreamScript> streams;
  for (std::size_t i = 0; i < choices.size(); ++i)
    streams.push_back(stream_choice(frame, request, i, choices[i]));
  // Several choices arrive interleaved, as from the real service.
  auto out = StreamScript::interleave(std::move(streams));
  if (request.include_usage || request.continuous_usage) {
    Writer last;
    last.begin_object()
      .member("id", std::string_view{frame.id})
      .member("object", "chat.completion.chunk");
    last.member("created", frame.created)
      .member("model", std::string_view{frame.model})
      .member("service_tier", "default");
    last.key("system_fingerprint").null().key("choices").begin_array().end_array().key("usage");
    write_usage(last, frame.usage);
    last.end_object();
    out.whole(event(last.text()));
  }
  out.whole("data: [DONE]\n\n");
  return out;
}

}  // namespace jobraker::sandbox
