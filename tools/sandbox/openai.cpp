#include <atomic>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "tools/sandbox/app.hpp"
#include "tools/sandbox/openai_data.hpp"
#include "tools/sandbox/openai_error.hpp"
#include "tools/sandbox/openai_reply.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::uint64_t requests_per_minute = 30'000;
constexpr std::uint64_t tokens_per_minute = 150'000'000;

/// Refuses calls without a key; `sk-invalid` stands for a wrong one.
std::optional<OpenAiError> check_key(const net::Request& request) {
  auto header = request.headers.value("authorization");
  if (!lower(header.substr(0, 7)).starts_with("bearer ") ||
      trim(header.substr(std::min<std::size_t>(7, header.size()))).empty())
    return OpenAiError{
      401,
      "You didn't provide an API key. You need to provide your API key in an Authorization header "
      "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
      "", ""};
  if (trim(header.substr(7)) == "sk-invalid")
    return OpenAiError{401,
                       "Incorrect API key provided: sk-invalid. You can find your API key at "
                       "https://platform.openai.com/account/api-keys.",
                       "", "invalid_api_key"};
  return std::nullopt;
}

std::string model_json(std::string_view name) {
  json::Writer out;
  out.begin_object()
    .member("id", name)
    .member("object", "model")
    .member("created", 1744317547)
    .member("owned_by", "sandbox");
  out.key("shutdown_date");
  if (name.starts_with("gpt-4"))
    out.value("2027-01-14");
  else
    out.null();
  out.end_object();
  return out.text();
}

Answer models(const net::Request& request) {
  if (request.segments.size() > 2) {
    for (auto name : model_names())
      if (name == request.segments[2])
        return {net::Response::json(200, model_json(name)), "models"};
    return {to_response({404, "The model '" + request.segments[2] + "' does not exist", "model",
                         "model_not_found"}),
            "models"};
  }
  std::string list;
  for (auto name : model_names())
    list += (list.empty() ? "" : ",") + model_json(name);
  return {net::Response::json(200, "{\"object\":\"list\",\"data\":[" + list + "]}"), "models"};
}

struct Stream {
  std::vector<std::string> events;
  std::size_t next = 0;
  std::size_t cut_at = 0;
  bool cut = false;
  std::chrono::milliseconds pause{};
};

/// One event a call, with the pause before it. Without a pause a handful goes out together.
task<Result<std::optional<std::string>>> next_piece(std::shared_ptr<Stream> stream) {
  if (stream->pause.count() > 0 && stream->next > 0) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    timer.expires_after(stream->pause);
    co_await timer.async_wait(use_task);
  }
  if (stream->cut && stream->next >= stream->cut_at)
    co_return fail(Errc::cancelled, "cut on demand");
  if (stream->next >= stream->events.size())
    co_return std::optional<std::string>{};
  std::string piece;
  auto limit = stream->pause.count() > 0 || stream->cut ? 1U : 8U;
  for (auto i = 0U; i < limit && stream->next < stream->events.size(); ++i)
    piece += stream->events[stream->next++];
  co_return std::optional<std::string>{std::move(piece)};
}

Answer chat(App& app, const net::Request& request, const Mischief& mischief) {
  auto read = read_chat(request.body);
  if (!read)
    return {to_response(read.error()), "chat.completions"};
  auto choices = answer_chat(*read, app.postings.all());
  for (auto& choice : choices) {
    if (mischief.prose && choice.calls.empty())
      choice.content = "Sure! Here is what I think about this. The candidate looks promising "
                       "overall, but I would rather describe it in words than fill in a form.";
    if (mischief.broken_content && choice.calls.empty())
      choice.content = cut(choice.content, choice.content.size() * 2 / 3);
  }
  auto created = std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count();
  static std::atomic<std::uint64_t> serial{0};
  auto id = "chatcmpl-" + std::to_string(hash(request.body, ++serial));
  ReplyFrame frame{id, snapshot_of(read->model), created, read->prompt_tokens};
  Answer answer{
    {}, "chat.completions", read->model, read->prompt_tokens, completion_tokens(choices)};
  if (!read->stream) {
    answer.response = net::Response::json(200, whole_reply(frame, *read, choices));
    return answer;
  }
  auto stream = std::make_shared<Stream>();
  stream->events = streamed_reply(frame, *read, choices);
  stream->pause = std::chrono::milliseconds{app.options.token_ms};
  stream->cut = mischief.cut_stream;
  stream->cut_at = mischief.cut_after >= 0 ? static_cast<std::size_t>(mischief.cut_after)
                                           : stream->events.size() / 2;
  answer.response = net::Response::stream(200, "text/event-stream; charset=utf-8",
                                          [stream] { return next_piece(stream); });
  answer.response.headers.set("cache-control", "no-cache");
  return answer;
}

void add_headers(App& app, net::Response& response) {
  auto [requests, tokens] = app.served.this_minute(now());
  auto left = [](std::uint64_t limit, std::uint64_t used) {
    return std::to_string(limit - std::min(limit, used));
  };
  auto& headers = response.headers;
  headers.set("openai-version", "2020-10-01");
  headers.set("openai-organization", "sandbox");
  headers.set("openai-processing-ms", "1");
  headers.set("x-ratelimit-limit-requests", std::to_string(requests_per_minute));
  headers.set("x-ratelimit-limit-tokens", std::to_string(tokens_per_minute));
  headers.set("x-ratelimit-remaining-requests", left(requests_per_minute, requests));
  headers.set("x-ratelimit-remaining-tokens", left(tokens_per_minute, tokens));
  headers.set("x-ratelimit-reset-requests", "2ms");
  headers.set("x-ratelimit-reset-tokens", "0s");
}

}  // namespace

Answer openai(App& app, const net::Request& request, const Mischief& mischief) {
  const auto& path = request.path;
  Answer answer{{}, "unknown"};
  bool post = request.method == net::Method::post, get = request.method == net::Method::get;
  if (auto error = check_key(request))
    answer = {to_response(*error), "refused"};
  else if (path == "/v1/chat/completions" && post)
    answer = chat(app, request, mischief);
  else if (path == "/v1/embeddings" && post)
    answer = embeddings(request.body, mischief.wrong_embedding_size);
  else if (path == "/v1/moderations" && post)
    answer = moderations(request.body);
  else if ((path == "/v1/models" || path.starts_with("/v1/models/")) && get)
    answer = models(request);
  else if (path == "/v1/chat/completions" || path == "/v1/embeddings" ||
           path == "/v1/moderations" || path == "/v1/models")
    answer = {
      to_response({405,
                   "Not allowed to " + std::string{to_string(request.method)} + " on " + path + ".",
                   "", "method_not_supported"}),
      "unknown"};
  else
    answer = {
      to_response({404, "Invalid URL (" + std::string{to_string(request.method)} + " " + path + ")",
                   "", "unknown_url"}),
      "unknown"};
  add_headers(app, answer.response);
  return answer;
}

}  // namespace jobraker::sandbox
