#include "actors/jobs/jobs_actor.hpp"

#include <algorithm>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/jobs/core/employer_post.hpp"
#include "actors/jobs/core/normalise.hpp"
#include "actors/jobs/ingest.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/work_pool.hpp"
#include "actors/tasks/tasks_actor.hpp"
#include "messages/codec.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/job_search.hpp"
#include "storage/jobs.hpp"
#include "storage/searches.hpp"

namespace jobraker {
namespace {

using storage::Until;

/// Saved searches of one person; each costs calls at its source, whose limits all share.
constexpr std::size_t searches_max = 20;

struct JobsState {
  static inline const char* name = "jobs";
  Services* services = nullptr;
  std::optional<TaskId> refreshing;
};

using Self = Shell<JobsState, JobsActor>;

task<Result<Job>> post_job(Services& services, Context context, PostJob request) {
  if (context.principal.role == Role::seeker)
    co_return fail(Errc::forbidden, "only employers may post jobs");
  if (auto good = check(request, now()); !good)
    co_return fail(std::move(good.error()));
  auto user = context.principal.user;
  auto normalised = co_await services.work.run<NormalisedPosting>(
    [request, user] { return normalise(raw_of(request, user), now()); });
  if (!normalised)
    co_return fail(std::move(normalised.error()));
  normalised->job.posted_by = user;
  auto stored = co_await ingest(
    services, FetchedPosting{std::move(normalised->job), std::move(normalised->fingerprint),
                             std::move(normalised->content_hash), std::move(normalised->board)});
  if (!stored)
    co_return fail(std::move(stored.error()));
  // Embedding may take as long as it wants: the posting is stored and will be embedded in any case.
  if (auto matching = services.matching())
    caf::anon_send(*matching, Context::system(std::chrono::minutes{5}), IndexJobs{});
  Until session{services.databases.here(), context.deadline};
  co_return co_await storage::find_job(session, stored->id);
}

task<Result<JobPage>> list_jobs(Services& services, Context context, ListJobs request) {
  storage::JobFilter filter;
  filter.q = request.q.value_or("");
  filter.location = request.location.value_or("");
  filter.country = request.country.value_or("");
  filter.remote = request.remote;
  filter.salary_min = request.salary_min;
  if (request.posted_within)
    filter.posted_within_days = static_cast<int>(*request.posted_within);
  filter.company = request.company.value_or("");
  filter.sort = request.sort.value_or(filter.q.empty() ? JobSort::posted_at : JobSort::relevance);
  Until session{services.databases.here(), context.deadline};
  auto page = co_await storage::list_jobs(session, filter, request.cursor.value_or(""),
                                          static_cast<std::size_t>(request.limit), now());
  if (!page)
    co_return fail(std::move(page.error()));
  JobPage out;
  out.items = std::move(page->items);
  out.next = std::move(page->next);
  co_return out;
}

task<Result<SavedSearch>> create_search(Services& services, Context context, CreateSearch request) {
  if (auto good = check(request); !good)
    co_return fail(std::move(good.error()));
  SavedSearch search;
  search.owner = context.principal.user;
  search.kind = request.kind;
  search.name = request.name;
  search.query = request.query;
  search.location = request.location;
  search.country = request.country;
  search.url = request.url;
  search.board = request.board;
  if (search.name.empty())
    search.name = std::string{name_of(search.kind)} + " " +
                  (search.query + search.url + search.board).substr(0, 80);
  Until session{services.databases.here(), context.deadline};
  auto present = co_await storage::list_searches(session, search.owner);
  if (!present)
    co_return fail(std::move(present.error()));
  if (present->size() >= searches_max && context.principal.role != Role::admin)
    co_return fail(Errc::conflict, "you have " + std::to_string(searches_max) +
                                     " saved searches already; delete one first");
  co_return co_await storage::create_search(session, std::move(search));
}

task<Result<SearchPage>> list_searches(Services& services, Context context) {
  Until session{services.databases.here(), context.deadline};
  auto found = context.principal.role == Role::admin
                 ? co_await storage::active_searches(session)
                 : co_await storage::list_searches(session, context.principal.user);
  if (!found)
    co_return fail(std::move(found.error()));
  SearchPage page;
  page.items = std::move(*found);
  co_return page;
}

task<Result<Ok>> delete_search(Services& services, Context context, DeleteSearch request) {
  std::optional<UserId> owner;
  if (context.principal.role != Role::admin)
    owner = context.principal.user;
  Until session{services.databases.here(), context.deadline};
  auto done = co_await storage::delete_search(session, request.id, owner);
  if (!done)
    co_return fail(std::move(done.error()));
  co_return Ok{};
}

/// The refresh itself, after its task has been answered.
task<Result<Ok>> run_refresh(Services& services, TaskId id, RefreshJobs request) {
  auto searches = co_await storage::active_searches(services.databases.here());
  Result<std::string> outcome = "";
  if (!searches) {
    outcome = fail(std::move(searches.error()));
  } else {
    if (!request.searches.empty())
      std::erase_if(*searches, [&](const SavedSearch& search) {
        return std::find(request.searches.begin(), request.searches.end(), search.id) ==
               request.searches.end();
      });
    auto report = co_await refresh(services, id, std::move(*searches));
    if (report)
      outcome = json::encode(*report);
    else
      outcome = fail(std::move(report.error()));
  }
  co_await end_task(services, id, std::move(outcome));
  co_return Ok{};
}

caf::result<TaskView> start_refresh(Self* self, const Context& c, const RefreshJobs& m) {
  auto& state = self->state;
  if (c.principal.role != Role::admin)
    return to_caf(Error{Errc::forbidden, "only admins may refresh all jobs", {}, {}});
  if (state.refreshing)
    return self->answer<TaskView>(
      state.services->io,
      [&s = *state.services, c, id = *state.refreshing]() -> task<Result<TaskView>> {
        co_return co_await net::ask(s.tasks, c, GetTask{id});
      });
  auto id = TaskId::fresh();
  state.refreshing = id;
  auto promise = self->make_response_promise<TaskView>();
  self->await<TaskView>(
    state.services->io,
    [&s = *state.services, c, id]() -> task<Result<TaskView>> {
      std::optional<UserId> owner;  // nobody's when the scheduler asks
      if (c.principal.user)
        owner = c.principal.user;
      co_return co_await net::ask(s.tasks, c, CreateTask{id, "refresh_jobs", owner, 0});
    },
    [self, promise, id, m](Result<TaskView> view) mutable {
      if (view)
        self->await<Ok>(
          self->state.services->io,
          [&s = *self->state.services, id, m] { return run_refresh(s, id, m); },
          [self, id](Result<Ok> done) {
            self->state.refreshing.reset();
            if (!done) {
              spdlog::error("event=refresh.failed task={} why=\"{}\"", to_string(id),
                            done.error().detail);
              self->await<Ok>(
                self->state.services->io,
                [&s = *self->state.services, id, error = done.error()]() -> task<Result<Ok>> {
                  co_await end_task(s, id, fail(error));
                  co_return Ok{};
                },
                [](Result<Ok>) {});
            }
          });
      else
        self->state.refreshing.reset();
      settle(promise, std::move(view));
    });
  return promise;
}

JobsActor::behavior_type jobs_actor(Self* self, Services* services) {
  self->state.services = services;
  auto& io = services->io;
  return {
    [=, &io](const Context& c, const PostJob& m) {
      return self->answer<Job>(io, [=] { return post_job(*services, c, m); });
    },
    [=, &io](const Context& c, const GetJob& m) {
      return self->answer<Job>(io, [=]() -> task<Result<Job>> {
        Until session{services->databases.here(), c.deadline};
        co_return co_await storage::find_job(session, m.id);
      });
    },
    [=, &io](const Context& c, const ListJobs& m) {
      return self->answer<JobPage>(io, [=] { return list_jobs(*services, c, m); });
    },
    [=](const Context& c, const RefreshJobs& m) { return start_refresh(self, c, m); },
    [=, &io](const Context& c, const CreateSearch& m) {
      return self->answer<SavedSearch>(io, [=] { return create_search(*services, c, m); });
    },
    [=, &io](const Context& c, const ListSearches&) {
      return self->answer<SearchPage>(io, [=] { return list_searches(*services, c); });
    },
    [=, &io](const Context& c, const DeleteSearch& m) {
      return self->answer<Ok>(io, [=] { return delete_search(*services, c, m); });
    },
  };
}

}  // namespace

JobsActor start_jobs(Services& services, const std::string& path) {
  return services.system.spawn(path, "jobs", jobs_actor, &services);
}

}  // namespace jobraker
