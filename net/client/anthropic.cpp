// Anthropic's answers, whole and streamed, its errors and its limits.
#include "net/client/anthropic.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "messages/json.hpp"
#include "net/client/reply_parts.hpp"

namespace jobraker::net::anthropic {
namespace {

FinishReason finish_of(std::string_view word) {
  if (word == "end_turn" || word == "stop_sequence")
    return FinishReason::stop;
  if (word == "max_tokens" || word == "model_context_window_exceeded")
    return FinishReason::length;
  if (word == "tool_use")
    return FinishReason::tool_calls;
  if (word == "refusal")
    return FinishReason::content_filter;
  return FinishReason::unknown;
}

/// Takes the reason of `object`, which is a message or the delta of one.
void read_stop(json::View object, ModelReply& reply) {
  const auto reason = object["stop_reason"].string();
  if (!reason)
    return;
  reply.finish = finish_of(*reason);
  if (*reason == "refusal")
    reply.refusal = object["stop_details"]["explanation"].string_or("the model declined to answer");
}

/// Counts as the provider gives them: the three of input are disjoint. A later one replaces an
/// earlier one, since those of a stream are running totals.
class Usage {
public:
  void read(json::View usage) {
    take(usage["input_tokens"], input_);
    take(usage["cache_creation_input_tokens"], cache_written_);
    take(usage["cache_read_input_tokens"], cache_read_);
    take(usage["output_tokens"], output_);
  }

  std::optional<TokenUsage> tokens() const {
    if (!input_ && !output_)
      return std::nullopt;
    const auto cached = cache_read_.value_or(0);
    return TokenUsage{input_.value_or(0) + cache_written_.value_or(0) + cached, cached,
                      output_.value_or(0)};
  }

private:
  static void take(json::View value, std::optional<std::int64_t>& into) {
    if (value.integer())
      into = token_count(value);
  }

  std::optional<std::int64_t> input_;
  std::optional<std::int64_t> cache_written_;
  std::optional<std::int64_t> cache_read_;
  std::optional<std::int64_t> output_;
};

/// A `tool_use` block; its input is an object, and empty as long as a stream brings it in pieces.
ToolCall call_of(json::View block) {
  ToolCall out{block["id"].string_or(""), block["name"].string_or(""), {}};
  if (block["input"].size() > 0)
    out.arguments = block["input"].dump();
  return out;
}

/// `error.type` names the kind; the code of an enforced spend limit may stand in the details.
FailureSigns signs_of(json::View root) {
  const auto error = root["error"];
  FailureSigns out;
  out.type = error["type"].string_or("");
  out.code = error["code"].string_or(error["details"]["error_code"].string_or(""));
  out.message = error["message"].string_or("");
  return out;
}

class MessageStream final : public ReplyStream {
protected:
  Done take(const SseEvent& event, std::string& added) override {
    auto document = json::Document::parse(event.data);
    if (!document)
      return give_up(broken_stream("the model's stream holds what is not JSON"));
    const auto root = document->root();
    const auto type = root["type"].string().value_or(event.name);
    if (type == "error")
      return give_up(judge_failure(signs_of(root)));
    const auto before = added.size();
    if (type == "message_start") {
      started_ = true;
      const auto message = root["message"];
      seed_ = message["id"].string_or("");
      so_far_.model = message["model"].string_or("");
      count(message["usage"]);
      if (so_far_.usage)
        so_far_.usage->output = 0;  // it says one or two there, whatever will come
    } else if (type == "content_block_start") {
      if (!start_block(root, added))
        return give_up(broken_stream("the model's stream holds too many calls of functions"));
    } else if (type == "content_block_delta") {
      add_delta(root, added);
    } else if (type == "message_delta") {
      read_stop(root["delta"], so_far_);
      count(root["usage"]);
    } else if (type == "message_stop") {
      if (!started_)
        return give_up(broken_stream("the model's stream ended without an answer"));
      complete_ = true;
      closed_ = true;
    }
    so_far_.text.append(added, before);
    return {};
  }

  void finish(ModelReply& reply) const override {
    for (const auto& draft : drafts_)
      reply.tool_calls.push_back(draft.call);
    settle_calls(reply, seed_);
  }

private:
  struct Draft {
    std::int64_t index = 0;
    ToolCall call;
  };

  void count(json::View usage) {
    usage_.read(usage);
    so_far_.usage = usage_.tokens();
  }

  /// False when there are too many calls.
  bool start_block(json::View root, std::string& added) {
    const auto block = root["content_block"];
    const auto type = block["type"].string().value_or("");
    if (type == "text")
      added += block["text"].string().value_or("");
    if (type != "tool_use")
      return true;
    if (drafts_.size() == tool_calls_max)
      return false;
    drafts_.push_back({root["index"].integer().value_or(-1), call_of(block)});
    return true;
  }

  void add_delta(json::View root, std::string& added) {
    const auto delta = root["delta"];
    const auto type = delta["type"].string().value_or("");
    if (type == "text_delta")
      added += delta["text"].string().value_or("");
    if (type != "input_json_delta")
      return;
    const auto index = root["index"].integer().value_or(-1);
    auto draft = std::find_if(drafts_.rbegin(), drafts_.rend(),
                              [&](const Draft& d) { return d.index == index; });
    if (draft != drafts_.rend())
      draft->call.arguments += delta["partial_json"].string().value_or("");
  }

  Usage usage_;
  std::vector<Draft> drafts_;
  std::string seed_;
  bool started_ = false;
};

RateWindow window(const Headers& headers, std::string_view kind, Time now) {
  const auto start = "anthropic-ratelimit-" + std::string{kind};
  std::optional<std::chrono::milliseconds> reset;
  if (auto at = parse_rfc3339(trimmed(headers.value(start + "-reset"))))
    reset = std::max(std::chrono::milliseconds{0},
                     std::chrono::ceil<std::chrono::milliseconds>(*at - now));
  return rate_window(headers.value(start + "-limit"), headers.value(start + "-remaining"), reset);
}

}  // namespace

Result<ModelReply> read_reply(std::string_view body) {
  auto document = json::Document::parse(body);
  if (!document)
    return fail(Errc::upstream_failed, "the model's answer was cut or is not JSON");
  const auto root = document->root();
  if (root["error"].is_object())
    return fail(judge_failure(signs_of(root)).error);
  const auto content = root["content"];
  if (!content.is_array())
    return fail(Errc::upstream_failed, "the model's answer has no content");
  ModelReply out;
  content.each_element([&](json::View block) {
    const auto type = block["type"].string().value_or("");
    if (type == "text")
      out.text += block["text"].string().value_or("");
    else if (type == "tool_use" && out.tool_calls.size() <= tool_calls_max)
      out.tool_calls.push_back(call_of(block));
  });
  if (out.tool_calls.size() > tool_calls_max)
    return fail(Errc::upstream_failed, "the model's answer holds too many calls of functions");
  out.model = root["model"].string_or("");
  read_stop(root, out);
  Usage usage;
  usage.read(root["usage"]);
  out.usage = usage.tokens();
  settle_calls(out, root["id"].string().value_or(""));
  return out;
}

std::unique_ptr<ReplyStream> reply_stream() { return std::make_unique<MessageStream>(); }

ModelFailure read_failure(int status, const Headers& headers, std::string_view body, Time now) {
  FailureSigns signs;
  if (auto document = json::Document::parse(body))
    signs = signs_of(document->root());
  signs.status = status;
  signs.wait = read_retry_after(headers, now);
  signs.should_retry = headers.value("x-should-retry");
  return judge_failure(signs);
}

RateHeaders read_rate_headers(const Headers& headers, Time now) {
  RateHeaders out;
  out.requests = window(headers, "requests", now);
  out.input_tokens = window(headers, "input-tokens", now);
  out.output_tokens = window(headers, "output-tokens", now);
  out.tokens =
    tighter(tighter(window(headers, "tokens", now), out.input_tokens), out.output_tokens);
  return out;
}

}  // namespace jobraker::net::anthropic
