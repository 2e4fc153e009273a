#include <caf/send.hpp>

#include "actors/jobs/ingest.hpp"
#include "actors/schedules/jobs.hpp"
#include "messages/codec.hpp"
#include "net/ask.hpp"
#include "storage/accounts.hpp"
#include "storage/databases.hpp"
#include "storage/tickets.hpp"

namespace jobraker::schedules {
namespace {

/// What a refresh brought, in figures: names of searches are people's own words.
Result<std::string> told(const RefreshReport& report) {
  std::size_t failed = 0;
  std::int64_t fetched = 0;
  std::int64_t fresh = 0;
  for (const auto& source : report.sources) {
    failed += source.failure ? 1 : 0;
    fetched += source.fetched;
    fresh += source.inserted;
  }
  auto text = std::to_string(report.sources.size()) + " sources, " + std::to_string(failed) +
              " failed; " + std::to_string(fetched) + " postings, " + std::to_string(fresh) +
              " new, " + std::to_string(report.expired) + " ended";
  if (failed > 0 && failed == report.sources.size())
    return fail(Errc::upstream_failed, "no source answered: " + text);
  return text;
}

}  // namespace

task<Result<std::string>> refresh_jobs(Services& services, const ScheduleNeeds& needs, JobRun run) {
  if (!run.goes_on())
    co_return fail(run.ended());
  auto begun = co_await net::ask(needs.jobs, run.context, RefreshJobs{});
  if (!begun)
    co_return fail(std::move(begun.error()));
  auto ended = co_await net::ask(services.tasks, run.context, AwaitTask{begun->id});
  if (!ended)
    co_return fail(std::move(ended.error()));
  if (ended->state == TaskState::failed)
    co_return fail(Errc::upstream_failed, "the refresh failed: task " + to_string(ended->id));
  if (ended->state != TaskState::done || !ended->result)
    co_return fail(Errc::cancelled, "the server was stopped before it was done");
  auto report = json::decode<RefreshReport>(*ended->result);
  if (!report)
    co_return fail(std::move(report.error()));
  co_return told(*report);
}

task<Result<std::string>> expire_jobs(Services& services, JobRun run) {
  if (!run.goes_on())
    co_return fail(run.ended());
  auto expired = co_await expire_old_jobs(services);
  if (!expired)
    co_return fail(std::move(expired.error()));
  if (*expired > 0)
    if (auto matching = services.matching())
      caf::anon_send(*matching, Context::system(std::chrono::minutes{5}), IndexJobs{});
  co_return std::to_string(*expired) + " ended";
}

task<Result<std::string>> expire_accounts(Services& services, JobRun run) {
  if (!run.goes_on())
    co_return fail(run.ended());
  auto& db = services.databases.here();
  auto tokens = co_await storage::delete_expired_tokens(db, now());
  if (!tokens)
    co_return fail(std::move(tokens.error()));
  auto tickets = co_await storage::delete_expired_tickets(db, now());
  if (!tickets)
    co_return fail(std::move(tickets.error()));
  co_return std::to_string(*tokens) + " tokens, " + std::to_string(*tickets) + " tickets removed";
}

}  // namespace jobraker::schedules
