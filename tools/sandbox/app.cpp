#include "tools/sandbox/app.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "net/http/url.hpp"
#include "tools/sandbox/openai_error.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::int64_t hang_ms = 600'000;

task<void> pause(std::int64_t ms) {
  asio::steady_timer timer{co_await asio::this_coro::executor};
  timer.expires_after(std::chrono::milliseconds{ms});
  co_await timer.async_wait(use_task);
}

/// What a `status` fault answers when it gives no body: an error in the service's own words.
net::Response fault_response(const net::Request& request, const Fault& fault) {
  net::Response response;
  bool speaks_openai =
    request.path.starts_with("/v1/chat") || request.path.starts_with("/v1/embeddings") ||
    request.path.starts_with("/v1/moderations") || request.path.starts_with("/v1/models");
  if (!fault.body.empty())
    response = net::Response::json(fault.status, fault.body);
  else if (speaks_openai && fault.status >= 400)
    response = to_response(usual_error(fault.status));
  else
    response = net::Response::json(
      fault.status, R"({"exception":"SANDBOX_FAULT","display":"This answer was ordered"})");
  for (const auto& [name, value] : fault.headers)
    response.headers.set(name, value);
  return response;
}

/// The first half of a body, then the end of the connection.
net::Response cut_off(net::Response response) {
  auto bytes = response.bytes();
  auto half = std::make_shared<std::string>(bytes.substr(0, bytes.size() / 2));
  auto sent = std::make_shared<bool>(false);
  response.body = net::BodyProducer{[half, sent]() -> task<Result<std::optional<std::string>>> {
    if (*sent || half->empty())
      co_return fail(Errc::cancelled, "cut on demand");
    *sent = true;
    co_return std::optional<std::string>{*half};
  }};
  return response;
}

net::Response end_too_early(net::Response response) {
  auto bytes = response.bytes();
  if (!bytes.empty())
    response.body = std::string{bytes.substr(0, bytes.size() * 2 / 3)};
  return response;
}

}  // namespace

App::App(const Options& given) : options{given}, postings{now()}, faults{given.seed} {}

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

Answer App::dispatch(const net::Request& request, const Mischief& mischief) {
  const auto& path = request.path;
  if (path.starts_with("/v1/api/"))
    return adzuna(*this, request);
  if (path.starts_with("/v1/boards/"))
    return greenhouse(*this, request);
  if (path.starts_with("/v0/"))
    return lever(*this, request);
  if (path.starts_with("/feeds/"))
    return feed(*this, request);
  return openai(*this, request, mischief);
}

void App::log(const net::Request& request, const Answer& answer, const std::vector<Fault>& struck) {
  served.count(answer.endpoint, answer.model, answer.response.status, answer.prompt_tokens,
               answer.completion_tokens);
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
  if (request.path == "/control" || request.path.starts_with("/control/"))
    co_return control(*this, request);
  auto struck = faults.take(to_string(request.method), request.path, request.body);
  Mischief mischief;
  bool halve = false, truncate = false;
  const Fault* refuse = nullptr;
  for (const auto& fault : struck) {
    mischief.prose = mischief.prose || fault.kind == FaultKind::prose;
    mischief.broken_content = mischief.broken_content || fault.kind == FaultKind::broken_content;
    mischief.wrong_embedding_size =
      mischief.wrong_embedding_size || fault.kind == FaultKind::wrong_embedding_size;
    if (fault.kind == FaultKind::cut_stream) {
      mischief.cut_stream = true;
      mischief.cut_after = fault.after;
    }
    halve = halve || fault.kind == FaultKind::cut_body;
    truncate = truncate || fault.kind == FaultKind::malformed_json;
    if (fault.kind == FaultKind::status)
      refuse = &fault;
    if (fault.kind == FaultKind::latency)
      co_await pause(fault.ms);
    if (fault.kind == FaultKind::hang) {
      log(request, {net::Response{0, {}, std::string{}}, "hung"}, struck);
      co_await pause(fault.ms > 0 ? fault.ms : hang_ms);
      co_return to_response(usual_error(504));
    }
  }
  Answer answer =
    refuse ? Answer{fault_response(request, *refuse), "fault"} : dispatch(request, mischief);
  log(request, answer, struck);
  if (truncate)
    answer.response = end_too_early(std::move(answer.response));
  if (halve)
    answer.response = cut_off(std::move(answer.response));
  co_return std::move(answer.response);
}

}  // namespace jobraker::sandbox
