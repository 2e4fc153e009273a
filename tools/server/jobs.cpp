#include "tools/server/jobs.hpp"

#include <caf/send.hpp>

#include "actors/jobs/jobs_actor.hpp"
#include "actors/jobs/source_actor.hpp"
#include "actors/tasks/tasks_actor.hpp"
#include "storage/databases.hpp"
#include "storage/tasks.hpp"

namespace jobraker::server {

Jobs::Jobs(Machine& machine)
    : machine_(machine), tasks_(machine.supervised<TasksActor>("/system/tasks", start_tasks)),
      jobs_(machine.supervised<JobsActor>("/system/jobs", start_jobs)),
      adzuna_(machine.supervised<SourceActor>("/integrations/adzuna", start_adzuna)),
      feeds_(machine.supervised<SourceActor>("/integrations/feeds", start_feeds)),
      boards_(machine.supervised<SourceActor>("/integrations/boards", start_boards)) {
  machine.services.tasks = [this] { return tasks_.find(); };
  machine.services.source = [this](SearchKind kind) {
    return kind == SearchKind::adzuna ? adzuna_.find()
           : kind == SearchKind::feed ? feeds_.find()
                                      : boards_.find();
  };
}

task<Done> Jobs::take_up() {
  auto lost =
    error_json(Error{Errc::unavailable,
                     "the server was restarted before this was done; please send it again",
                     {},
                     {}});
  auto& database = machine_.databases->here();
  for (const char* kind : {"parse_resume", "refresh_jobs"}) {
    auto left = co_await storage::unfinished_tasks(database, kind);
    if (!left)
      co_return fail(std::move(left.error()));
    for (const auto& record : *left)
      if (auto done = co_await storage::fail_task(database, record.id, lost); !done)
        co_return fail(std::move(done.error()));
  }
  co_return Done{};
}

void Jobs::offer(Actors& actors) const {
  actors.tasks = [this] { return tasks_.find(); };
  actors.jobs = [this] { return jobs_.find(); };
}

void Jobs::stop_waiting() const {
  if (auto found = tasks_.find())
    caf::anon_send(*found, StopWaiting{});
}

void Jobs::close() {
  adzuna_.close();
  feeds_.close();
  boards_.close();
  jobs_.close();
  tasks_.close();
}

}  // namespace jobraker::server
