#include "actors/llm/attempt.hpp"

#include "actors/llm/core/tokens.hpp"
#include "net/client/anthropic.hpp"
#include "net/client/http_clients.hpp"
#include "net/client/openai.hpp"

namespace jobraker::llm {
namespace {

ProviderLimit limit_of(const net::RateWindow& window) {
  return {window.limit, window.remaining, window.reset};
}

ProviderLimits limits_of(const net::RateHeaders& headers) {
  return {limit_of(headers.requests), limit_of(headers.tokens)};
}

std::int64_t image_bytes(const ModelRequest& request, std::int64_t& images) {
  std::int64_t bytes = 0;
  for (const auto& message : request.messages)
    for (const auto& image : message.images) {
      ++images;
      bytes += static_cast<std::int64_t>((image.bytes.size() + 2) / 3 * 4);
    }
  return bytes;
}

net::ModelFailure failure_of(Error error) {
  net::ModelFailure failure;
  failure.retry = error.code == Errc::upstream_failed || error.code == Errc::upstream_timed_out;
  failure.error = std::move(error);
  return failure;
}

/// Reads the whole body of a good answer.
Result<WireReply> read_body(const WireRequest& request, const std::string& body) {
  WireReply out;
  if (request.kind == ModelKind::embedding) {
    auto reply = net::openai::read_embeddings_reply(body, request.texts);
    if (!reply)
      return fail(std::move(reply.error()));
    out.vectors = std::move(reply->vectors);
    out.reply.model = std::move(reply->model);
    out.reply.usage = reply->usage;
    return out;
  }
  if (request.kind == ModelKind::moderation) {
    auto verdicts = net::openai::read_moderations(body, request.texts);
    if (!verdicts)
      return fail(std::move(verdicts.error()));
    out.verdicts = std::move(*verdicts);
    out.reply.usage = TokenUsage{};
    return out;
  }
  auto reply = request.provider == ModelProvider::openai ? net::openai::read_reply(body)
                                                         : net::anthropic::read_reply(body);
  if (!reply)
    return fail(std::move(reply.error()));
  out.reply = std::move(*reply);
  return out;
}

/// The provider's count, or ours when it gave none: what was sent and what has come of it.
void count_tokens(AttemptResult& result, const WireRequest& request) {
  if (!result.answered)
    return;
  const auto& reply = result.reply->reply;
  if (reply.usage) {
    result.usage = *reply.usage;
    result.estimated = !result.failure && !result.cancelled ? false : result.usage.output == 0;
    if (!result.estimated)
      return;
  }
  result.estimated = true;
  if (result.usage.input == 0)
    result.usage.input =
      std::min(estimate_tokens(request.body), std::max<std::int64_t>(request.text_bytes, 1));
  std::int64_t out = estimate_tokens(reply.text);
  for (const auto& call : reply.tool_calls)
    out += estimate_tokens(call.name) + estimate_tokens(call.arguments);
  result.usage.output = std::max(out, result.deltas);
}

}  // namespace

WireRequest wire_request(const Question& question, const Candidate& candidate) {
  WireRequest wire;
  wire.provider = candidate.model->provider;
  wire.kind = question.kind;
  wire.model = candidate.model->name;
  wire.texts = question.texts.size();
  if (question.kind == ModelKind::embedding) {
    wire.path = "/embeddings";
    wire.body = net::openai::embeddings_body(wire.model, question.texts);
  } else if (question.kind == ModelKind::moderation) {
    wire.path = "/moderations";
    wire.body = net::openai::moderations_body(wire.model, question.texts);
  } else {
    auto request = question.chat;
    request.model = wire.model;
    request.dialect = candidate.dialect;
    request.max_tokens = candidate.max_tokens;
    request.temperature = candidate.temperature;
    wire.stream = request.stream;
    auto pictures = image_bytes(request, wire.images);
    bool openai = wire.provider == ModelProvider::openai;
    wire.path = openai ? "/chat/completions" : "/v1/messages";
    wire.body = openai ? net::openai::chat_body(request) : net::anthropic::messages_body(request);
    wire.text_bytes = static_cast<std::int64_t>(wire.body.size()) - pictures;
    return wire;
  }
  wire.text_bytes = static_cast<std::int64_t>(wire.body.size());
  return wire;
}

task<AttemptResult> attempt(Services& services, const Context& context, WireRequest request,
                            std::optional<net::CancelToken> cancel,
                            std::function<void(std::string_view)> on_text) {
  const auto& config = services.config;
  bool openai = request.provider == ModelProvider::openai;
  net::ClientRequest http;
  http.method = net::Method::post;
  http.url = (openai ? config.llm.base_url : config.anthropic.base_url) + request.path;
  http.headers = openai ? net::openai::request_headers(config.llm.api_key, request.stream)
                        : net::anthropic::request_headers(config.anthropic.api_key, request.stream);
  http.body = request.body;
  http.context = context;
  http.cancel = std::move(cancel);
  AttemptResult result;
  result.reply = std::make_shared<WireReply>();
  auto began = Context::Clock::now();
  auto since = [began] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Context::Clock::now() - began);
  };
  auto stream = !request.stream ? nullptr
                : openai        ? net::openai::reply_stream()
                                : net::anthropic::reply_stream();
  Result<net::ClientResponse> response = fail(Errc::internal, "not sent");
  if (stream) {
    auto on_data = [&](std::string_view bytes) -> Done {
      auto text = stream->feed(bytes);
      if (!text)
        return fail(std::move(text.error()));
      if (text->empty())
        return {};
      if (!result.first_token)
        result.first_token = since();
      ++result.deltas;
      on_text(*text);
      return {};
    };
    response = co_await services.http.here().stream(std::move(http), on_data);
  } else {
    response = co_await services.http.here().send(std::move(http));
  }
  result.latency = since();
  if (response) {
    result.status = response->status;
    result.limits = limits_of(openai ? net::openai::read_rate_headers(response->headers)
                                     : net::anthropic::read_rate_headers(response->headers, now()));
    if (response->status != 200) {
      result.failure = openai ? net::openai::read_failure(response->status, response->headers,
                                                          response->body, now())
                              : net::anthropic::read_failure(response->status, response->headers,
                                                             response->body, now());
      co_return result;
    }
  }
  if (stream) {
    result.answered = response.has_value() || stream->reply().usage || result.deltas > 0;
    result.reply->reply = stream->reply();
    // A whole answer stays one, whatever becomes of its connection.
    if (stream->failure())
      result.failure = *stream->failure();
    else if (!stream->complete())
      result.failure = response ? stream->broken() : failure_of(std::move(response.error()));
  } else if (!response) {
    result.failure = failure_of(std::move(response.error()));
  } else {
    result.answered = true;
    auto reply = read_body(request, response->body);
    if (reply)
      *result.reply = std::move(*reply);
    else
      result.failure = failure_of(std::move(reply.error()));
  }
  result.cancelled = result.failure && result.failure->error.code == Errc::cancelled;
  count_tokens(result, request);
  co_return result;
}

}  // namespace jobraker::llm
