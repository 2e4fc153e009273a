#include "net/api/schedules_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"

namespace jobraker::net {
namespace {

using Scheduler = std::function<Result<SchedulerActor>()>;

std::string name_in(const Request& request) { return std::string{request.parameter("name")}; }

/// Asks the scheduler and answers what it says.
template <class Message>
task<Response> put(const Scheduler& scheduler, Request& request, Message message,
                   int status = 200) {
  auto said = co_await ask(scheduler, request.context, std::move(message));
  auto response = answer(said, request, status);
  response.headers.set("cache-control", "no-store");
  co_return response;
}

task<Response> runs(const Scheduler& scheduler, Request& request) {
  auto query = query_of<ListScheduleRuns>(request);
  if (!query)
    co_return problem(query.error(), request.context);
  query->name = name_in(request);
  co_return co_await put(scheduler, request, std::move(*query));
}

task<Response> batches(const Scheduler& scheduler, Request& request) {
  auto query = query_of<ListBatches>(request);
  if (!query)
    co_return problem(query.error(), request.context);
  co_return co_await put(scheduler, request, std::move(*query));
}

RouteOptions admin(const char* name) { return RouteOptions{.name = name, .access = Access::admin}; }

}  // namespace

void add_schedule_routes(Router& router, Scheduler s) {
  router.get(
    "/api/v1/admin/schedules", [s](Request& r) { return put(s, r, ListSchedules{}); },
    admin("list_schedules"));
  router.get(
    "/api/v1/admin/schedules/{name}",
    [s](Request& r) { return put(s, r, GetSchedule{name_in(r)}); }, admin("get_schedule"));
  router.get(
    "/api/v1/admin/schedules/{name}/runs", [s](Request& r) { return runs(s, r); },
    admin("list_schedule_runs"));
  router.post(
    "/api/v1/admin/schedules/{name}/run",
    [s](Request& r) {
      return put(s, r, RunSchedule{name_in(r), r.remote}, 202);
    },
    admin("run_schedule"));
  router.post(
    "/api/v1/admin/schedules/{name}/pause",
    [s](Request& r) {
      return put(s, r, PauseSchedule{name_in(r), true, r.remote});
    },
    admin("pause_schedule"));
  router.post(
    "/api/v1/admin/schedules/{name}/resume",
    [s](Request& r) {
      return put(s, r, PauseSchedule{name_in(r), false, r.remote});
    },
    admin("resume_schedule"));
  router.get(
    "/api/v1/admin/batches", [s](Request& r) { return batches(s, r); }, admin("list_batches"));
}

}  // namespace jobraker::net
