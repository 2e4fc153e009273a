#include "tools/sandbox/app.hpp"

#include "net/http/url.hpp"
#include "tools/sandbox/mischief.hpp"
#include "tools/sandbox/openai_error.hpp"
#include "tools/sandbox/skyvern_agent.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::int64_t hang_ms = 600'000;

/// The name a call is counted under, when no endpoint has seen it.
std::string endpoint_of(const net::Request& request) {
  const auto& path = request.path;
  if (path.starts_with("/v1/chat/completions"))
    return "chat.completions";
  for (std::string_view name : {"messages", "embeddings", "moderations", "models"})
    if (path.starts_with("/v1/" + std::string{name}))
      return std::string{name};
  return "other";
}

std::string model_in(std::string_view body) {
  auto document = json::Document::parse(body);
  return document ? document->root()["model"].string_or("") : std::string{};
}

}  // namespace

App::App(const Options& given)
    : options{given}, postings{now()}, faults{given.seed}, limits{given.limit}, runs{given.runs},
      token_ms{given.token_ms} {}

net::Router App::router() {
  net::Router router;
  net::RouteOptions route{
    "sandbox", net::Access::anonymous, 64U << 20, std::chrono::minutes{30}, {}};
  auto handler = [this](net::Request& request) { return handle(request); };
  for (auto method : {net::Method::get, net::Method::post, net::Method::put, net::Method::patch,
                      net::Method::del})
    router.add(method, "/{path...}", handler, route);
  return router;
}

task<Answer> App::dispatch(const net::Request& request, const Mischief& mischief) {
  const auto& path = request.path;
  if (path.starts_with("/v1/api/"))
    co_return adzuna(*this, request);
  if (path.starts_with("/v1/boards/"))
    co_return greenhouse(*this, request);
  if (path.starts_with("/v0/"))
    co_return lever(*this, request);
  if (path.starts_with("/feeds/"))
    co_return feed(*this, request);
  if (is_skyvern(path))
    co_return co_await skyvern(*this, request, mischief);
  if (path.starts_with("/v1/messages"))
    co_return co_await anthropic(*this, request, mischief);
  co_return co_await openai(*this, request, mischief);
}

void App::log(const net::Request& request, const Answer& answer, const std::vector<Fault>& struck) {
  auto status = answer.response.status;
  if (!answer.settles_itself) {
    auto outcome = answer.outcome.value_or(status == 429   ? Outcome::rate_limited
                                           : status >= 400 ? Outcome::refused
                                                           : Outcome::ok);
    served.count({answer.id,
                  answer.endpoint,
                  answer.model,
                  outcome,
                  status,
                  {answer.prompt_tokens, answer.cached_tokens, answer.cache_written,
                   answer.completion_tokens}});
  }
  SeenRequest seen;
  seen.at = now();
  seen.method = to_string(request.method);
  seen.path = request.path;
  auto target = net::redacted(request.target);
  if (auto mark = target.find('?'); mark != std::string::npos)
    seen.query = target.substr(mark + 1);
  seen.model = answer.model;
  seen.body = request.body;
  seen.request_id = request.headers.value("x-request-id");
  seen.traceparent = request.headers.value("traceparent");
  seen.user_agent = request.headers.value("user-agent");
  seen.status = answer.response.status;
  for (const auto& fault : struck)
    seen.faults.emplace_back(to_string(fault.kind));
  served.remember(std::move(seen));
}

task<net::Response> App::handle(net::Request& request) {
  if (request.path.starts_with("/control/skyvern/"))
    co_return co_await skyvern_control(*this, request);
  if (request.path == "/control" || request.path.starts_with("/control/"))
    co_return control(*this, request);
  auto struck = faults.take(to_string(request.method), request.path, request.body);
  std::shared_ptr<void> flight;
  if (request.path.starts_with("/v1/chat/") || request.path.starts_with("/v1/messages"))
    flight = served.flight();
  auto mischief = mischief_of(struck);
  bool halve = false, truncate = false;
  const Fault* refuse = nullptr;
  for (const auto& fault : struck) {
    halve = halve || fault.kind == FaultKind::cut_body;
    truncate = truncate || fault.kind == FaultKind::malformed_json;
    if (fault.kind == FaultKind::status)
      refuse = &fault;
    if (fault.kind == FaultKind::latency)
      co_await pause_for(fault.ms);
    if (fault.kind == FaultKind::hang) {
      Answer hung{net::Response{0, {}, std::string{}}, endpoint_of(request),
                  model_in(request.body)};
      hung.outcome = Outcome::hung;
      log(request, hung, struck);
      co_await pause_for(fault.ms > 0 ? fault.ms : hang_ms);
      co_return to_response(usual_error(504));
    }
  }
  Answer answer;
  if (refuse != nullptr) {
    answer = Answer{fault_response(request, *refuse), endpoint_of(request), model_in(request.body)};
    if (refuse->status >= 400)
      answer.outcome = Outcome::fault;
  } else {
    answer = co_await dispatch(request, mischief);
  }
  bool lose = false;
  co_await obey_late(request, struck, answer, lose);
  bool streamed = std::holds_alternative<net::BodyProducer>(answer.response.body);
  if ((truncate || halve || lose) && !streamed && answer.response.status < 400)
    answer.outcome = Outcome::fault;
  log(request, answer, struck);
  if (auto* next = std::get_if<net::BodyProducer>(&answer.response.body))
    answer.response.body =
      net::BodyProducer{[flight, inner = std::move(*next)] { return inner(); }};
  if (truncate && !streamed)
    answer.response = end_too_early(std::move(answer.response));
  if (halve && !streamed)
    answer.response = cut_off(std::move(answer.response));
  if (lose && !streamed)
    answer.response = without_body(std::move(answer.response));
  co_return std::move(answer.response);
}

std::uint64_t key_of(const net::Request& request) {
  auto key = request.headers.value("authorization");
  return hash(key.empty() ? request.headers.value("x-api-key") : key);
}

StreamPlan plan_stream(App& app, StreamScript script, const Mischief& mischief, std::string error) {
  StreamPlan plan;
  auto half = script.size() / 2;
  auto place = [&](std::int64_t after) {
    return after >= 0 ? static_cast<std::size_t>(after) : half;
  };
  plan.pace = std::chrono::milliseconds{app.token_ms.load()};
  if (mischief.cut_stream)
    plan.cut_at = place(mischief.cut_after);
  if (mischief.stall_stream) {
    plan.stall_at = place(mischief.stall_after);
    plan.stall = std::chrono::milliseconds{mischief.stall_ms};
  }
  if (mischief.stream_error) {
    plan.error_at = place(mischief.error_after);
    plan.error = std::move(error);
  }
  plan.script = std::move(script);
  return plan;
}

}  // namespace jobraker::sandbox
