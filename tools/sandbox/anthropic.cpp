#include <atomic>

#include "tools/sandbox/anthropic_error.hpp"
#include "tools/sandbox/anthropic_reply.hpp"
#include "tools/sandbox/anthropic_request.hpp"
#include "tools/sandbox/chat_call.hpp"
#include "tools/sandbox/openai_reply.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

/// The key: `x-api-key`, or the bearer token as which the official clients send it since they speak
/// version 2026-10-21.
std::string_view key_in(const net::Request& request) {
  auto key = trim(request.headers.value("x-api-key"));
  auto bearer = request.headers.value("authorization");
  if (key.empty() && lower(bearer.substr(0, 7)) == "bearer ")
    key = trim(bearer.substr(7));
  return key;
}

std::optional<AnthropicError> check_headers(const net::Request& request) {
  auto key = key_in(request);
  if (key.empty())
    return AnthropicError{401, "x-api-key header is required", "authentication_error"};
  if (key == "sk-invalid")
    return AnthropicError{401, "invalid x-api-key", "authentication_error"};
  auto version = request.headers.value("anthropic-version");
  if (version.empty())
    return AnthropicError{400, "anthropic-version: header is required"};
  if (!is_anthropic_version(version))
    return AnthropicError{400, "anthropic-version: \"" + std::string{version} +
                                 "\" is not a valid version"};
  return std::nullopt;
}

/// The allowances, each with the moment at which it is full again. Input and output share the one
/// limit of tokens that the sandbox knows.
void write_limits(net::Headers& headers, const Admission& admission) {
  auto moment = now();
  for (auto [name, one] : {std::pair{"requests", &admission.requests},
                           {"tokens", &admission.tokens},
                           {"input-tokens", &admission.tokens},
                           {"output-tokens", &admission.tokens}}) {
    auto start = "anthropic-ratelimit-" + std::string{name};
    headers.set(start + "-limit", std::to_string(one->limit));
    headers.set(start + "-remaining", std::to_string(one->remaining));
    auto full = std::chrono::ceil<std::chrono::seconds>(moment + one->reset);
    headers.set(start + "-reset", to_rfc3339(full));
  }
}

Answer refusal(const AnthropicError& error, const net::Request& request, std::string model = {}) {
  return {to_anthropic(error, request.request_id), "messages", std::move(model)};
}

Answer limited(const net::Request& request, const ChatRequest& read, const Admission& admission) {
  auto error = over_limit(admission, read.model, read.prompt.tokens());
  auto answer = refusal({429, error.message, "rate_limit_error"}, request, read.model);
  for (const auto& [name, value] : error.headers)
    if (name == "retry-after")
      answer.response.headers.set(name, value);
  write_limits(answer.response.headers, admission);
  return answer;
}

/// What the cache holds of a prompt: the longest breakpoint seen before is read, the rest up to the
/// last one is written.
void use_cache(App& app, const net::Request& request, const ChatRequest& read, Usage& usage) {
  const auto& marks = read.prompt.breakpoints();
  if (marks.empty())
    return;
  usage.cached = app.prompts.read(hash(read.model, key_of(request)), marks);
  usage.cache_written = marks.back().tokens - usage.cached;
}

task<Answer> message(App& app, const net::Request& request, const Mischief& mischief) {
  auto read = read_messages(request.body, request.headers.value("anthropic-version"));
  if (!read)
    co_return refusal(read.error(), request);
  auto prompt = read->prompt.tokens();
  auto admission = admit(app, request, read->model, prompt, read->max_tokens);
  if (!admission.admitted)
    co_return limited(request, *read, admission);
  if (auto error = co_await read_pictures(app, *read))
    co_return refusal({error->status, error->message}, request, read->model);
  auto choices = answer_chat(*read, app.postings);
  spoil(choices, mischief);
  const auto& choice = choices.front();
  static std::atomic<std::uint64_t> serial{0};
  auto id = "msg_" + std::to_string(hash(request.body, ++serial));
  Usage usage{prompt, 0, 0, choice.tokens};
  use_cache(app, request, *read, usage);
  MessageFrame frame{id, read->model, usage};
  Answer answer{{},           "messages",          read->model, usage.prompt, usage.completion,
                usage.cached, usage.cache_written, id};
  if (!read->stream) {
    answer.response = net::Response::json(200, whole_message(frame, choice));
  } else {
    auto error = error_event(to_json(usual_anthropic_error(529), request.request_id));
    auto plan = plan_stream(app, streamed_message(frame, choice), mischief, error);
    plan.settle = settle_into(app.served, {id, answer.endpoint, read->model, {}, 200, usage});
    answer.settles_itself = true;
    answer.response =
      net::Response::stream(200, "text/event-stream; charset=utf-8", play(std::move(plan)));
    answer.response.headers.set("cache-control", "no-cache");
  }
  write_limits(answer.response.headers, admission);
  co_return answer;
}

Answer count(const net::Request& request) {
  auto document = json::Document::parse(request.body);
  auto body = request.body;
  // It takes no max_tokens, which everything else about a message needs.
  if (document && document->root().is_object() && !document->root()["max_tokens"])
    body = "{\"max_tokens\":1" + std::string{document->root().size() > 0 ? "," : ""} +
           document->root().dump().substr(1);
  auto read = read_messages(body, request.headers.value("anthropic-version"));
  if (!read)
    return refusal(read.error(), request);
  return {
    net::Response::json(200, "{\"input_tokens\":" + std::to_string(read->prompt.tokens()) + "}"),
    "messages.count_tokens", read->model};
}

task<Answer> answer_of(App& app, const net::Request& request, const Mischief& mischief) {
  bool post = request.method == net::Method::post;
  if (auto error = check_headers(request))
    co_return refusal(*error, request);
  if (request.path == "/v1/messages" && post)
    co_return co_await message(app, request, mischief);
  if (request.path == "/v1/messages/count_tokens" && post)
    co_return count(request);
  if (request.path == "/v1/messages")
    co_return refusal({405, "Method Not Allowed"}, request);
  co_return refusal({404, "Not Found", "not_found_error"}, request);
}

}  // namespace

task<Answer> anthropic(App& app, const net::Request& request, const Mischief& mischief) {
  auto answer = co_await answer_of(app, request, mischief);
  answer.response.headers.set("request-id", "req_" + request.request_id);
  answer.response.headers.set("anthropic-organization-id", "sandbox");
  co_return answer;
}

}  // namespace jobraker::sandbox
