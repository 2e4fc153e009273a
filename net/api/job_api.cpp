#include "net/api/job_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/api/long_work.hpp"
#include "net/ask.hpp"
#include "net/http/etag.hpp"

namespace jobraker::net {
namespace {

using FindJobs = std::function<Result<JobsActor>()>;

task<Response> get_job(const FindJobs& jobs, Request& request) {
  auto id = id_of<JobId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto job = co_await ask(jobs, request.context, GetJob{*id});
  if (!job)
    co_return problem(job.error(), request.context);
  co_return with_etag(request, Response::json(200, json::encode(*job)), etag_of(job->version));
}

task<Response> list_jobs(const FindJobs& jobs, Request& request) {
  auto message = query_of<ListJobs>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto page = co_await ask(jobs, request.context, *message);
  co_return answer(page, request);
}

task<Response> post_job(const FindJobs& jobs, Request& request) {
  auto message = body_of<PostJob>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto job = co_await ask(jobs, request.context, *message);
  if (!job)
    co_return problem(job.error(), request.context);
  auto response = Response::created("/api/v1/jobs/" + to_string(job->id), json::encode(*job));
  response.headers.set("etag", etag_of(job->version));
  co_return response;
}

task<Response> refresh_jobs(const Actors& actors, Request& request) {
  auto message = body_of<RefreshJobs>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto begun = co_await ask(actors.jobs, to_begin(request), *message);
  co_return co_await finish_long_work(actors, request, std::move(begun));
}

task<Response> create_search(const FindJobs& jobs, Request& request) {
  auto message = body_of<CreateSearch>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto search = co_await ask(jobs, request.context, *message);
  if (!search)
    co_return problem(search.error(), request.context);
  co_return Response::created("/api/v1/searches/" + to_string(search->id), json::encode(*search));
}

task<Response> delete_search(const FindJobs& jobs, Request& request) {
  auto id = id_of<SearchId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto done = co_await ask(jobs, request.context, DeleteSearch{*id});
  if (!done)
    co_return problem(done.error(), request.context);
  co_return Response::no_content();
}

task<Response> get_task(const Actors& actors, Request& request) {
  auto id = id_of<TaskId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto found = co_await ask(actors.tasks, request.context, GetTask{*id});
  if (!found)
    co_return problem(found.error(), request.context);
  co_return Response::json(200, task_json(*found));
}

}  // namespace

void add_job_routes(Router& router, const Actors& actors, const ApiSettings&) {
  const auto& jobs = actors.jobs;
  auto with = [](auto function, auto what) {
    return [function, what](Request& request) { return function(what, request); };
  };
  router.get("/api/v1/jobs", with(list_jobs, jobs), {.name = "list_jobs"});
  router.post("/api/v1/jobs", with(post_job, jobs),
              {.name = "post_job", .accepts = {"application/json"}});
  router.get("/api/v1/jobs/{id}", with(get_job, jobs), {.name = "get_job"});
  router.post("/api/v1/jobs/refresh", with(refresh_jobs, actors),
              {.name = "refresh_jobs",
               .access = Access::admin,
               .budget = std::chrono::milliseconds{150'000}});
  router.get("/api/v1/searches",
             [jobs](Request& request) -> task<Response> {
               auto message = query_of<ListSearches>(request);
               if (!message)
                 co_return problem(message.error(), request.context);
               auto page = co_await ask(jobs, request.context, *message);
               co_return answer(page, request);
             },
             {.name = "list_searches"});
  router.post("/api/v1/searches", with(create_search, jobs),
              {.name = "create_search", .accepts = {"application/json"}});
  router.del("/api/v1/searches/{id}", with(delete_search, jobs), {.name = "delete_search"});
  router.get("/api/v1/tasks/{id}", with(get_task, actors), {.name = "get_task"});
}

}  // namespace jobraker::net
