#include "tools/sandbox/openai_reply.hpp"

#include <algorithm>
#include <functional>

#include "tools/sandbox/tokens.hpp"

namespace jobraker::sandbox {

namespace {

using json::Writer;

void write_usage(Writer& out, std::size_t prompt, std::size_t completion) {
  out.begin_object();
  out.member("prompt_tokens", static_cast<std::int64_t>(prompt))
    .member("completion_tokens", static_cast<std::int64_t>(completion));
  out.member("total_tokens", static_cast<std::int64_t>(prompt + completion));
  out.key("prompt_tokens_details")
    .begin_object()
    .member("cached_tokens", 0)
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
  return event(out.text());
}

void stream_choice(std::vector<std::string>& out, const ReplyFrame& frame,
                   const ChatRequest& request, std::size_t index, const ChatChoice& choice) {
  auto add = [&](const std::function<void(Writer&)>& delta, std::string_view finish = {}) {
    out.push_back(chunk(frame, request, index, delta, finish));
  };
  add([&](Writer& w) {
    w.member("role", "assistant").key("content");
    if (choice.calls.empty())
      w.value("");
    else
      w.null();
    w.key("refusal").null();
  });
  for (const auto& piece : token_pieces(choice.content))
    add([&](Writer& w) { w.member("content", std::string_view{piece}); });
  for (std::size_t i = 0; i < choice.calls.size(); ++i) {
    const auto& call = choice.calls[i];
    if (request.legacy) {
      add([&](Writer& w) {
        w.key("function_call")
          .begin_object()
          .member("name", std::string_view{call.name})
          .member("arguments", "")
          .end_object();
      });
      for (const auto& piece : token_pieces(call.arguments))
        add([&](Writer& w) {
          w.key("function_call")
            .begin_object()
            .member("arguments", std::string_view{piece})
            .end_object();
        });
      continue;
    }
    add([&](Writer& w) {
      w.key("tool_calls")
        .begin_array()
        .begin_object()
        .member("index", static_cast<std::int64_t>(i))
        .member("id", std::string_view{call.id});
      w.member("type", "function")
        .key("function")
        .begin_object()
        .member("name", std::string_view{call.name})
        .member("arguments", "")
        .end_object()
        .end_object()
        .end_array();
    });
    for (const auto& piece : token_pieces(call.arguments))
      add([&](Writer& w) {
        w.key("tool_calls")
          .begin_array()
          .begin_object()
          .member("index", static_cast<std::int64_t>(i));
        w.key("function")
          .begin_object()
          .member("arguments", std::string_view{piece})
          .end_object()
          .end_object()
          .end_array();
      });
  }
  add([](Writer&) {}, choice.finish_reason);
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
    if (choice.calls.empty())
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
  write_usage(out, frame.prompt_tokens, completion_tokens(choices));
  out.member("service_tier", "default").key("system_fingerprint").null();
  out.end_object();
  return out.text();
}

std::vector<std::string> streamed_reply(const ReplyFrame& frame, const ChatRequest& request,
                                        const std::vector<ChatChoice>& choices) {
  std::vector<std::vector<std::string>> streams(choices.size());
  std::size_t longest = 0;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    stream_choice(streams[i], frame, request, i, choices[i]);
    longest = std::max(longest, streams[i].size());
  }
  std::vector<std::string> out;
  // Several choices arrive interleaved, as from the real service.
  for (std::size_t k = 0; k < longest; ++k)
    for (auto& stream : streams)
      if (k < stream.size())
        out.push_back(std::move(stream[k]));
  if (request.include_usage) {
    Writer last;
    last.begin_object()
      .member("id", std::string_view{frame.id})
      .member("object", "chat.completion.chunk");
    last.member("created", frame.created)
      .member("model", std::string_view{frame.model})
      .member("service_tier", "default");
    last.key("system_fingerprint").null().key("choices").begin_array().end_array().key("usage");
    write_usage(last, frame.prompt_tokens, completion_tokens(choices));
    last.end_object();
    out.push_back(event(last.text()));
  }
  out.push_back("data: [DONE]\n\n");
  return out;
}

}  // namespace jobraker::sandbox
