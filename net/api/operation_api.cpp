#include "net/api/operation_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/http/problem.hpp"

namespace jobraker::net {
namespace {

/// Prometheus' text-based format (prometheus.io, "Exposition formats").
constexpr std::string_view exposition_type = "text/plain; version=0.0.4; charset=utf-8";
/// Probes and scrapers give up after ten seconds or less.
constexpr std::chrono::seconds probe_budget{5};

Response missing(const Request& request) {
  return problem(Error{Errc::unavailable, "this server does not offer it", {}, {}},
                 request.context);
}

/// 503 names each dependency that is to blame.
Response not_ready(const ReadinessView& view, const Context& context) {
  Error error{Errc::unavailable, "the server ends; send requests elsewhere", {}, {}};
  if (view.status == ServiceState::not_ready) {
    error.detail = "something the server cannot do without is away";
    for (const auto& dependency : view.dependencies)
      if (dependency.required && dependency.state != DependencyState::up)
        error.fields.push_back({dependency.name, std::string{name_of(dependency.state)} +
                                                   " since " + to_rfc3339(dependency.since)});
  }
  return problem(error, context);
}

task<Response> ready(const Operation& operation, Request& request) {
  if (!operation.readiness)
    co_return missing(request);
  auto view = co_await operation.readiness(request.context.deadline);
  co_return view.status == ServiceState::ready ? Response::json(200, json::encode(view))
                                               : not_ready(view, request.context);
}

task<Response> metrics(const Operation& operation, Request& request) {
  if (!operation.metrics)
    co_return missing(request);
  auto text = co_await operation.metrics(request.context.deadline);
  co_return Response::of(200, exposition_type, std::move(text));
}

task<Response> log_level(const Operation& operation, Request& request) {
  if (!operation.log_level)
    co_return missing(request);
  co_return Response::json(200, json::encode(LogLevelView{operation.log_level()}));
}

task<Response> set_log_level(const Operation& operation, Request& request) {
  auto wanted = body_of<LogLevelView>(request);
  if (!wanted)
    co_return problem(wanted.error(), request.context);
  if (!operation.set_log_level)
    co_return missing(request);
  co_await operation.set_log_level(request.context, wanted->level);
  co_return Response::json(200, json::encode(*wanted));
}

task<Response> settings(const Operation& operation, Request& request) {
  if (!operation.settings)
    co_return missing(request);
  auto response = Response::json(200, operation.settings());
  response.headers.set("cache-control", "no-store");
  co_return response;
}

}  // namespace

void add_operation_routes(Router& router, Operation given) {
  auto operation = std::make_shared<const Operation>(std::move(given));
  const auto probe = [](std::string name) {
    return RouteOptions{
      .name = std::move(name), .access = Access::anonymous, .budget = probe_budget};
  };
  auto alive = std::make_shared<const std::string>(R"({"status":"ok"})");
  router.get(
    "/healthz",
    [alive](Request&) -> task<Response> {
      co_return Response::shared(200, "application/json", alive);
    },
    probe("healthz"));
  router.get(
    "/readyz", [operation](Request& request) { return ready(*operation, request); },
    probe("readyz"));
  router.get(
    "/metrics", [operation](Request& request) { return metrics(*operation, request); },
    probe("metrics"));
  router.get(
    "/api/v1/admin/log-level",
    [operation](Request& request) { return log_level(*operation, request); },
    RouteOptions{.name = "log_level", .access = Access::admin});
  router.put(
    "/api/v1/admin/log-level",
    [operation](Request& request) { return set_log_level(*operation, request); },
    RouteOptions{.name = "set_log_level",
                 .access = Access::admin,
                 .body_max = 4096,
                 .accepts = {"application/json"}});
  router.get(
    "/api/v1/admin/config", [operation](Request& request) { return settings(*operation, request); },
    RouteOptions{.name = "get_config", .access = Access::admin});
}

}  // namespace jobraker::net
