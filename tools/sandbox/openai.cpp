#include <atomic>

#include "tools/sandbox/app.hpp"
#include "tools/sandbox/chat_call.hpp"
#include "tools/sandbox/openai_data.hpp"
#include "tools/sandbox/openai_error.hpp"
#include "tools/sandbox/openai_reply.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

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

void write_limits(net::Headers& headers, const Admission& admission) {
  for (auto [name, one] :
       {std::pair{"requests", &admission.requests}, {"tokens", &admission.tokens}}) {
    headers.set("x-ratelimit-limit-" + std::string{name}, std::to_string(one->limit));
    headers.set("x-ratelimit-remaining-" + std::string{name}, std::to_string(one->remaining));
    headers.set("x-ratelimit-reset-" + std::string{name}, go_duration(one->reset));
  }
}

Answer refusal(const OpenAiError& error, std::string endpoint, std::string model = {}) {
  return {to_response(error), std::move(endpoint), std::move(model)};
}

task<Answer> chat(App& app, const net::Request& request, const Mischief& mischief) {
  auto read = read_chat(request.body);
  if (!read)
    co_return refusal(read.error(), "chat.completions");
  auto prompt = read->prompt.tokens();
  auto admission = admit(app, request, read->model, prompt, read->max_tokens);
  if (!admission.admitted) {
    auto answer =
      refusal(over_limit(admission, read->model, prompt), "chat.completions", read->model);
    write_limits(answer.response.headers, admission);
    co_return answer;
  }
  if (auto error = co_await read_pictures(app, *read))
    co_return refusal(*error, "chat.completions", read->model);
  auto choices = answer_chat(*read, app.postings);
  spoil(choices, mischief);
  auto created = std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count();
  static std::atomic<std::uint64_t> serial{0};
  auto id = "chatcmpl-" + std::to_string(hash(request.body, ++serial));
  auto scope = hash(read->model, key_of(request));
  Usage usage{prompt, app.prompts.read(scope, read->prompt.marks()), 0, completion_tokens(choices)};
  ReplyFrame frame{id, snapshot_of(read->model), created, usage};
  Answer answer{
    {}, "chat.completions", read->model, usage.prompt, usage.completion, usage.cached, 0, id};
  if (!read->stream) {
    answer.response = net::Response::json(200, whole_reply(frame, *read, choices));
  } else {
    auto error = "data: " + to_json(usual_error(500)) + "\n\n";
    auto plan = plan_stream(app, streamed_reply(frame, *read, choices), mischief, error);
    plan.settle = settle_into(app.served, {id, answer.endpoint, read->model, {}, 200, usage});
    answer.settles_itself = true;
    answer.response =
      net::Response::stream(200, "text/event-stream; charset=utf-8", play(std::move(plan)));
    answer.response.headers.set("cache-control", "no-cache");
  }
  write_limits(answer.response.headers, admission);
  co_return answer;
}

/// Embeddings and moderations keep to the limits too; what they cost is known once they are made.
Answer limited(App& app, const net::Request& request, Answer answer) {
  if (answer.response.status != 200)
    return answer;
  auto admission = admit(app, request, answer.model, answer.prompt_tokens);
  if (!admission.admitted)
    answer = refusal(over_limit(admission, answer.model, answer.prompt_tokens), answer.endpoint,
                     answer.model);
  write_limits(answer.response.headers, admission);
  return answer;
}

task<Answer> answer_of(App& app, const net::Request& request, const Mischief& mischief) {
  const auto& path = request.path;
  bool post = request.method == net::Method::post, get = request.method == net::Method::get;
  if (auto error = check_key(request))
    co_return refusal(*error, "refused");
  if (path == "/v1/chat/completions" && post)
    co_return co_await chat(app, request, mischief);
  if (path == "/v1/embeddings" && post)
    co_return limited(app, request, embeddings(request.body, mischief.wrong_embedding_size));
  if (path == "/v1/moderations" && post)
    co_return limited(app, request, moderations(request.body, mischief.flag));
  if ((path == "/v1/models" || path.starts_with("/v1/models/")) && get)
    co_return models(request);
  std::string method{to_string(request.method)};
  if (path == "/v1/chat/completions" || path == "/v1/embeddings" || path == "/v1/moderations" ||
      path == "/v1/models")
    co_return refusal(
      {405, "Not allowed to " + method + " on " + path + ".", "", "method_not_supported"},
      "unknown");
  co_return refusal({404, "Invalid URL (" + method + " " + path + ")", "", "unknown_url"},
                    "unknown");
}

}  // namespace

task<Answer> openai(App& app, const net::Request& request, const Mischief& mischief) {
  auto answer = co_await answer_of(app, request, mischief);
  auto& headers = answer.response.headers;
  headers.set("openai-version", "2020-10-01");
  headers.set("openai-organization", "sandbox");
  headers.set("openai-processing-ms", "1");
  co_return answer;
}

}  // namespace jobraker::sandbox
