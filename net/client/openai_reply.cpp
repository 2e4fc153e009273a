// Answers of servers that speak OpenAI's protocol, whole and streamed.
#include <algorithm>
#include <cstdint>

#include "messages/json.hpp"
#include "net/client/openai.hpp"
#include "net/client/openai_failure.hpp"
#include "net/client/reply_parts.hpp"

namespace jobraker::net::openai {
namespace {

FinishReason finish_of(std::string_view word) {
  if (word == "stop")
    return FinishReason::stop;
  if (word == "length")
    return FinishReason::length;
  if (word == "tool_calls" || word == "function_call")
    return FinishReason::tool_calls;
  if (word == "content_filter")
    return FinishReason::content_filter;
  return FinishReason::unknown;
}

/// Adds a message's content: text, or parts of which text and refusals count.
void read_content(json::View content, std::string& text, std::string& refusal) {
  text += content.string().value_or("");
  content.each_element([&](json::View part) {
    text += part.string().value_or("");
    text += part["text"].string().value_or("");
    refusal += part["refusal"].string().value_or("");
  });
}

/// Arguments are a string by the protocol; some servers send the object itself.
std::string arguments_of(json::View value) {
  return value.is_object() ? value.dump() : value.string_or("");
}

/// Tool calls as they grow.
class Calls {
public:
  /// A whole call. False when there are too many.
  bool add(json::View part) {
    if (drafts_.size() == tool_calls_max)
      return false;
    const auto function = part["function"];
    drafts_.push_back({-1,
                       {part["id"].string_or(""), function["name"].string_or(""),
                        arguments_of(function["arguments"])}});
    return true;
  }

  /// A call of a stream, or a fragment of one. False when there are too many.
  bool add_fragment(json::View part) {
    const auto id = part["id"].string().value_or("");
    const auto name = part["function"]["name"].string().value_or("");
    auto* call = find(part["index"].integer(), id, name);
    if (!call) {
      if (drafts_.size() == tool_calls_max)
        return false;
      drafts_.push_back({part["index"].integer().value_or(-1), {}});
      call = &drafts_.back().call;
    }
    if (call->id.empty())
      call->id = id;
    if (call->name.empty())
      call->name = name;
    call->arguments += arguments_of(part["function"]["arguments"]);
    return true;
  }

  /// The legacy form: one call, without id.
  void add_legacy(json::View function) {
    if (!function.is_object())
      return;
    if (legacy_.name.empty())
      legacy_.name = function["name"].string_or("");
    legacy_.arguments += arguments_of(function["arguments"]);
  }

  std::vector<ToolCall> all() const {
    std::vector<ToolCall> out;
    for (const auto& draft : drafts_)
      out.push_back(draft.call);
    if (out.empty() && !legacy_.name.empty())
      out.push_back(legacy_);
    return out;
  }

private:
  struct Draft {
    std::int64_t index = 0;
    ToolCall call;
  };

  /// The call that a fragment continues.
  ToolCall* find(std::optional<std::int64_t> index, std::string_view id, std::string_view name) {
    auto found = std::find_if(drafts_.rbegin(), drafts_.rend(), [&](const Draft& draft) {
      if (index)
        return draft.index == *index;
      return id.empty() ? name.empty() : draft.call.id == id;
    });
    if (found == drafts_.rend())
      return nullptr;
    // Ollama numbers every call 0 and sends it whole, so a named one with another id is the next.
    // (An id alone does not tell: older vLLM gives each fragment one of its own.)
    if (!id.empty() && !name.empty() && !found->call.id.empty() && found->call.id != id)
      return nullptr;
    return &found->call;
  }

  std::vector<Draft> drafts_;
  ToolCall legacy_;
};

/// What ids of calls are made from where the server gives none.
std::string seed_of(json::View root) {
  return root["id"].string_or("") + "/" + std::to_string(root["created"].integer().value_or(0));
}

/// The choice that counts: we never ask for more than one.
json::View first_choice(json::View root) {
  json::View out;
  root["choices"].each_element([&](json::View choice) {
    if (!out && choice["index"].integer().value_or(0) == 0)
      out = choice;
  });
  return out;
}

class ChatStream final : public ReplyStream {
protected:
  Done take(const SseEvent& event, std::string& added) override {
    const auto data = trimmed(event.data);
    if (data.starts_with("[DONE]"))
      return close();
    if (data.empty())
      return {};
    auto document = json::Document::parse(data);
    if (!document)
      return give_up(broken_stream("the model's stream holds what is not JSON"));
    const auto root = document->root();
    if (auto signs = signs_in_stream(root))
      return give_up(judge_failure(*signs));
    if (auto model = root["model"].string(); model && !model->empty())
      so_far_.model = *model;
    if (auto usage = read_usage(root["usage"]))
      so_far_.usage = usage;
    if (seed_.empty() || seed_ == "/0")  // Azure's first chunk is nameless
      seed_ = seed_of(root);
    if (auto choice = first_choice(root))
      return read(choice, added);
    return {};
  }

  void finish(ModelReply& reply) const override {
    reply.tool_calls = calls_.all();
    settle_calls(reply, seed_);
    if (complete_ && reply.finish == FinishReason::unknown && !reply.tool_calls.empty())
      reply.finish = FinishReason::tool_calls;
  }

private:
  Done read(json::View choice, std::string& added) {
    answered_ = true;
    const auto delta = choice["delta"];
    const auto before = added.size();
    read_content(delta["content"], added, so_far_.refusal);
    so_far_.text.append(added, before);
    so_far_.refusal += delta["refusal"].string().value_or("");
    bool few = true;
    delta["tool_calls"].each_element(
      [&](json::View part) { few = few && calls_.add_fragment(part); });
    if (!few)
      return give_up(broken_stream("the model's stream holds too many calls of functions"));
    calls_.add_legacy(delta["function_call"]);
    if (auto reason = choice["finish_reason"].string(); reason && !reason->empty()) {
      so_far_.finish = finish_of(*reason);
      complete_ = true;
    }
    return {};
  }

  Done close() {
    if (!answered_)
      return give_up(broken_stream("the model's stream ended without an answer"));
    complete_ = true;
    closed_ = true;
    return {};
  }

  Calls calls_;
  std::string seed_;
  bool answered_ = false;
};

}  // namespace

std::optional<TokenUsage> read_usage(json::View usage) {
  if (!usage["prompt_tokens"].integer())
    return std::nullopt;
  TokenUsage out;
  out.input = token_count(usage["prompt_tokens"]);
  out.output = usage["completion_tokens"].integer()
                 ? token_count(usage["completion_tokens"])
                 : std::max<std::int64_t>(0, token_count(usage["total_tokens"]) - out.input);
  out.cached = std::min(out.input, token_count(usage["prompt_tokens_details"]["cached_tokens"]));
  return out;
}

Result<ModelReply> read_reply(std::string_view body) {
  auto document = json::Document::parse(body);
  if (!document)
    return fail(Errc::upstream_failed, "the model's answer was cut or is not JSON");
  const auto root = document->root();
  if (auto signs = signs_in_stream(root))  // some proxies send errors with a 200
    return fail(judge_failure(*signs).error);
  const auto choice = first_choice(root);
  const auto message = choice["message"];
  if (!message.is_object())
    return fail(Errc::upstream_failed, "the model's answer has no message");
  ModelReply out;
  read_content(message["content"], out.text, out.refusal);
  out.refusal += message["refusal"].string().value_or("");
  out.model = root["model"].string_or("");
  out.usage = read_usage(root["usage"]);
  out.finish = finish_of(choice["finish_reason"].string().value_or(""));
  Calls calls;
  bool few = true;
  message["tool_calls"].each_element([&](json::View part) { few = few && calls.add(part); });
  if (!few)
    return fail(Errc::upstream_failed, "the model's answer holds too many calls of functions");
  calls.add_legacy(message["function_call"]);
  out.tool_calls = calls.all();
  settle_calls(out, seed_of(root));
  if (out.finish == FinishReason::unknown && !out.tool_calls.empty())
    out.finish = FinishReason::tool_calls;
  return out;
}

std::unique_ptr<net::ReplyStream> reply_stream() { return std::make_unique<ChatStream>(); }

}  // namespace jobraker::net::openai
