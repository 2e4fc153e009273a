#include "actors/llm/model_actor.hpp"

#include <deque>
#include <random>

#include <spdlog/spdlog.h>

#include "actors/llm/retry.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/pause.hpp"
#include "embedded/embedded_prompts.hpp"
#include "net/client/http_clients.hpp"
#include "net/client/openai.hpp"

namespace jobraker {
namespace {

/// Texts in one embeddings call; the protocol allows 2048 and 300,000 tokens.
constexpr std::size_t texts_per_call = 64;

struct ModelState {
  static inline const char* name = "model";
  Services* services = nullptr;
  std::int64_t in_flight = 0;
  std::deque<std::function<void()>> waiting;
};

using Self = Shell<ModelState, ModelActor>;

std::string_view prompt_file(const std::string& name) {
  for (const auto& file : embedded_prompts())
    if (file.name == name)
      return file.content;
  return {};
}

double dice() {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  return std::uniform_real_distribution<double>{0, 1}(random);
}

/// One call with its attempts, inside the context's deadline.
task<Result<std::string>> call(Services& services, const Context& context, std::string path,
                               std::string body, std::string operation) {
  const auto& settings = services.config.llm;
  for (int attempt = 1;; ++attempt) {
    net::ClientRequest request;
    request.method = net::Method::post;
    request.url = settings.base_url + path;
    request.headers.add("content-type", "application/json");
    request.headers.add("accept", "application/json");
    request.headers.add("authorization", "Bearer " + settings.api_key);
    request.body = body;
    request.context = context;
    request.context.deadline = std::min(
      context.deadline, Context::Clock::now() + std::chrono::milliseconds{settings.timeout_ms});
    auto began = Context::Clock::now();
    auto response = co_await services.http.here().send(std::move(request));
    auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(Context::Clock::now() - began).count();
    net::openai::Failure failure;
    if (response && response->status == 200) {
      spdlog::debug("event=model.call operation={} attempt={} ms={} trace={}", operation, attempt,
                    ms, context.trace.id());
      co_return std::move(response->body);
    }
    if (response) {
      auto header = [&](std::string_view name) { return response->headers.get(name).value_or(""); };
      failure =
        net::openai::read_failure(response->status, response->body, header("retry-after-ms"),
                                  header("retry-after"), header("x-should-retry"));
    } else {
      auto code = response.error().code;
      failure.error = std::move(response.error());
      failure.retry = code == Errc::upstream_failed || code == Errc::upstream_timed_out;
    }
    spdlog::warn("event=model.failed operation={} attempt={} ms={} why=\"{}\" trace={}", operation,
                 attempt, ms, failure.error.detail, context.trace.id());
    auto wait = retry_wait(attempt + 1, failure.wait, dice(), context.left(std::chrono::hours{1}));
    if (!failure.retry || attempt >= settings.attempts_max || !wait) {
      // It is our limit that is used up, not our caller's.
      if (failure.error.code == Errc::rate_limited)
        failure.error.code = Errc::unavailable;
      co_return fail(std::move(failure.error));
    }
    co_await pause(*wait);
  }
}

task<Result<ModelAnswer>> chat(Services& services, Context context, AskModel question) {
  net::openai::ChatCall request;
  request.model = services.config.llm.model;
  request.system = prompt_file(question.operation + ".md");
  request.schema = prompt_file(question.operation + ".schema.json");
  if (request.system.empty() || request.schema.empty())
    co_return fail(Errc::internal, "no prompt for operation " + question.operation);
  request.schema_name = question.operation;
  request.user = std::move(question.user);
  request.max_tokens = services.config.llm.max_output_tokens;
  auto body = co_await call(services, context, "/chat/completions", net::openai::chat_body(request),
                            question.operation);
  if (!body)
    co_return fail(std::move(body.error()));
  auto answer = net::openai::read_chat(*body);
  if (!answer)
    co_return fail(std::move(answer.error()));
  co_return ModelAnswer{std::move(answer->text), std::move(answer->model), answer->tokens_in,
                        answer->tokens_out};
}

task<Result<Embeddings>> embed(Services& services, Context context, EmbedTexts question) {
  Embeddings out;
  for (std::size_t begin = 0; begin < question.texts.size(); begin += texts_per_call) {
    auto end = std::min(begin + texts_per_call, question.texts.size());
    std::vector<std::string> part(question.texts.begin() + static_cast<std::ptrdiff_t>(begin),
                                  question.texts.begin() + static_cast<std::ptrdiff_t>(end));
    auto body = co_await call(
      services, context, "/embeddings",
      net::openai::embeddings_body(services.config.llm.embedding_model, part), "embed");
    if (!body)
      co_return fail(std::move(body.error()));
    auto vectors = net::openai::read_embeddings(*body, part.size());
    if (!vectors)
      co_return fail(std::move(vectors.error()));
    for (auto& vector : *vectors)
      out.vectors.push_back(std::move(vector));
  }
  co_return out;
}

void run_waiting(Self* self) {
  auto& state = self->state;
  while (!state.waiting.empty() && state.in_flight < state.services->config.llm.in_flight_max) {
    auto next = std::move(state.waiting.front());
    state.waiting.pop_front();
    next();
  }
}

/// Runs `work` when there is room; the queue is bounded and first come, first served.
template <class T, class Work>
caf::result<T> admit(Self* self, const Context& context, Work work) {
  auto& state = self->state;
  if (state.waiting.size() >= static_cast<std::size_t>(state.services->config.llm.waiting_max))
    return to_caf(Error{Errc::unavailable,
                        "too many calls are waiting for the language model",
                        {},
                        std::chrono::seconds{2}});
  auto promise = self->make_response_promise<T>();
  state.waiting.push_back([self, promise, context, work = std::move(work)]() mutable {
    if (context.expired())
      return refuse(
        promise, Error{Errc::timed_out, "the deadline passed while the call was waiting", {}, {}});
    ++self->state.in_flight;
    self->await<T>(self->state.services->io, std::move(work),
                   [self, promise](Result<T> result) mutable {
                     --self->state.in_flight;
                     settle(promise, std::move(result));
                     run_waiting(self);
                   });
  });
  run_waiting(self);
  return promise;
}

ModelActor::behavior_type model_actor(Self* self, Services* services) {
  self->state.services = services;
  return {
    [self, services](const Context& c, const AskModel& m) {
      return admit<ModelAnswer>(self, c, [services, c, m] { return chat(*services, c, m); });
    },
    [self, services](const Context& c, const EmbedTexts& m) {
      return admit<Embeddings>(self, c, [services, c, m] { return embed(*services, c, m); });
    },
  };
}

}  // namespace

ModelActor start_model(Services& services, const std::string& path) {
  return services.system.spawn(path, "model", model_actor, &services);
}

}  // namespace jobraker
