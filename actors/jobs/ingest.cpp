#include "actors/jobs/ingest.hpp"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include "actors/jobs/core/dedupe.hpp"
#include "actors/jobs/core/expiry.hpp"
#include "actors/tasks/tasks_actor.hpp"
#include "messages/make_event.hpp"
#include "messages/spans.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/job_merges.hpp"
#include "storage/jobs.hpp"
#include "storage/outbox.hpp"
#include "storage/searches.hpp"

namespace jobraker {
namespace {

constexpr std::chrono::minutes search_budget{5};
constexpr std::chrono::minutes index_budget{10};

/// Looks for the same posting from elsewhere and merges the two.
task<Result<bool>> merge_duplicates(storage::Session& session, JobId id,
                                    const std::string& fingerprint) {
  auto mine = co_await storage::find_job(session, id);
  if (!mine)
    co_return fail(std::move(mine.error()));
  if (mine->status != JobStatus::active)
    co_return false;
  auto others = co_await storage::jobs_by_fingerprint(session, fingerprint);
  if (!others)
    co_return fail(std::move(others.error()));
  // A copy that names no town has another fingerprint: look by company and title, too.
  auto namesakes = co_await storage::duplicate_candidates(session, mine->company, mine->title);
  if (!namesakes)
    co_return fail(std::move(namesakes.error()));
  others->insert(others->end(), namesakes->begin(), namesakes->end());
  for (const auto& other : *others) {
    if (other.id == id || other.status != JobStatus::active)
      continue;
    auto reason = same_posting(*mine, other);
    if (!reason)
      continue;
    const Job& kept = survivor(*mine, other);
    const Job& gone = &kept == &other ? *mine : other;
    // One that has duplicates of its own hands them over first, so that chains never form.
    auto inherited = co_await storage::jobs_merged_into(session, gone.id);
    if (!inherited)
      co_return fail(std::move(inherited.error()));
    for (const auto& heir : *inherited) {
      if (auto undone = co_await storage::unmerge_job(session, heir, now()); !undone)
        co_return fail(std::move(undone.error()));
      if (auto redone = co_await storage::merge_job(session, heir, kept.id,
                                                    std::string{name_of(*reason)}, now());
          !redone)
        co_return fail(std::move(redone.error()));
    }
    auto merged =
      co_await storage::merge_job(session, gone.id, kept.id, std::string{name_of(*reason)}, now());
    if (!merged)
      co_return fail(std::move(merged.error()));
    co_return true;
  }
  co_return false;
}

/// Tells that a posting is there, unless it is hidden behind its duplicate.
task<Done> tell_posted(storage::Session& session, JobId id) {
  auto job = co_await storage::find_job(session, id);
  if (!job)
    co_return fail(std::move(job.error()));
  if (job->status != JobStatus::active)
    co_return Done{};
  JobPosted posted;
  posted.job_id = job->id;
  posted.version = job->version;
  posted.source = name_of(job->source);
  posted.title = job->title;
  posted.company = job->company;
  posted.city = job->city;
  posted.country = job->country;
  posted.workplace = name_of(job->workplace);
  posted.seniority = name_of(job->seniority);
  posted.salary_min = job->salary_min;
  posted.salary_max = job->salary_max;
  posted.salary_currency = job->salary_currency;
  posted.skills = job->skills;
  posted.posted_at = job->posted_at;
  co_return co_await storage::append_events(session, {make_event(posted, now())});
}

/// When a kept posting expires, its duplicates from other sources may still be open.
task<Result<bool>> free_duplicates(Services& services, JobId expired) {
  auto& db = services.databases.here();
  auto merged = co_await storage::jobs_merged_into(db, expired);
  if (!merged)
    co_return fail(std::move(merged.error()));
  for (const auto& id : *merged) {
    auto done = co_await db.transaction([&](storage::Transaction& t) -> task<Result<bool>> {
      if (auto undone = co_await storage::unmerge_job(t, id, now()); !undone)
        co_return fail(std::move(undone.error()));
      if (auto told = co_await tell_posted(t, id); !told)
        co_return fail(std::move(told.error()));
      co_return true;
    });
    if (!done)
      co_return fail(std::move(done.error()));
  }
  co_return !merged->empty();
}

/// Expires what has ended, by deadline or age, page by page; which and why is `expiry_of`'s
/// decision.
task<Result<std::vector<storage::ExpiredJob>>> expire_due(Services& services) {
  constexpr std::size_t page = 500;
  auto& db = services.databases.here();
  ExpirySettings settings;
  settings.age_days_max = static_cast<int>(services.config.jobs.age_days_max);
  auto clock = now();
  std::vector<storage::ExpiredJob> all;
  std::optional<JobId> after;
  for (;;) {
    auto due = co_await storage::jobs_possibly_due(
      db, clock, clock - std::chrono::hours{24 * settings.age_days_max}, after, page);
    if (!due)
      co_return fail(std::move(due.error()));
    std::vector<storage::ExpiredJob> ended;
    for (const auto& [job, last_seen] : *due)
      if (auto reason = expiry_of(job, clock, settings, last_seen))
        ended.push_back({job.id, *reason});
    if (auto done = co_await storage::expire_jobs(db, ended, clock); !done)
      co_return fail(std::move(done.error()));
    all.insert(all.end(), ended.begin(), ended.end());
    if (due->size() < page)
      co_return all;
    after = due->back().job.id;
  }
}

task<SourceReport> run_search(Services& services, SavedSearch search) {
  SourceReport report;
  report.source = search.name;
  report.kind = search.kind;
  auto began = now();
  auto context = Context::system(search_budget);
  FetchSearch question;
  question.search = search;
  auto kind = search.kind;
  auto fetched =
    co_await net::ask([&services, kind] { return services.source(kind); }, context, question);
  if (!fetched) {
    report.failure = fetched.error().detail;
    co_await storage::record_outcome(services.databases.here(), search.id, began,
                                     "failed: " + fetched.error().detail);
    co_return report;
  }
  report.fetched = fetched->items;
  report.problems = std::move(fetched->problems);
  bool all_stored = true;
  for (auto& posting : fetched->postings) {
    auto item = posting.job.source_id;
    auto ingested = co_await ingest(services, std::move(posting));
    if (!ingested) {
      all_stored = false;
      report.problems.push_back({search.name, item, ingested.error().detail});
      if (ingested.error().code == Errc::unavailable) {
        report.failure = ingested.error().detail;
        break;
      }
      continue;
    }
    report.inserted += ingested->outcome == Ingested::Outcome::inserted;
    report.updated += ingested->outcome == Ingested::Outcome::updated;
    report.unchanged += ingested->outcome == Ingested::Outcome::unchanged;
    report.merged += ingested->merged;
  }
  // An item that could not be read may be one of ours: nothing is called gone then.
  if (fetched->complete && all_stored && report.problems.empty()) {
    auto kind_of = search.kind == SearchKind::greenhouse ? SourceKind::greenhouse
                   : search.kind == SearchKind::lever    ? SourceKind::lever
                   : search.kind == SearchKind::feed     ? SourceKind::feed
                                                         : SourceKind::adzuna;
    auto gone = co_await storage::expire_jobs_gone(services.databases.here(), kind_of,
                                                   fetched->board, began, now());
    if (gone) {
      report.expired = static_cast<std::int64_t>(gone->size());
      for (const auto& id : *gone)
        if (auto freed = co_await free_duplicates(services, id); !freed)
          report.problems.push_back({search.name, to_string(id), freed.error().detail});
    }
  }
  if (report.updated + report.merged + report.expired > 0)
    ++services.jobs_generation;
  auto words = std::to_string(report.fetched) + " postings, " + std::to_string(report.inserted) +
               " new, " + std::to_string(report.problems.size()) + " problems";
  co_await storage::record_outcome(services.databases.here(), search.id, began, words);
  spdlog::info(
    "event=search.done kind={} fetched={} inserted={} updated={} merged={} expired={} problems={}",
    name_of(search.kind), report.fetched, report.inserted, report.updated, report.merged,
    report.expired, report.problems.size());
  co_return report;
}

/// What the searches that run side by side share; all on one I/O thread.
struct Progress {
  std::vector<SavedSearch> searches;
  std::vector<SourceReport> reports;
  std::size_t next = 0;
  std::size_t done = 0;
  std::size_t running = 0;
};

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;

}  // namespace

task<Result<Ingested>> ingest(Services& services, FetchedPosting posting) {
  co_return co_await services.databases.here().transaction(
    [&](storage::Transaction& transaction) -> task<Result<Ingested>> {
      // Two copies that arrive at the same time must see each other.
      auto locked =
        co_await storage::lock_duplicates(transaction, posting.job.company, posting.job.title);
      if (!locked)
        co_return fail(std::move(locked.error()));
      storage::JobOrigin origin;
      origin.content_hash = posting.content_hash;
      origin.board = posting.board;
      origin.fingerprint = posting.fingerprint;
      auto stored = co_await storage::upsert_job(transaction, posting.job, origin, now());
      if (!stored)
        co_return fail(std::move(stored.error()));
      Ingested out;
      out.id = stored->id;
      switch (stored->outcome) {
      case storage::UpsertOutcome::inserted:
        out.outcome = Ingested::Outcome::inserted;
        break;
      case storage::UpsertOutcome::updated:
        out.outcome = Ingested::Outcome::updated;
        break;
      case storage::UpsertOutcome::unchanged:
        out.outcome = Ingested::Outcome::unchanged;
        break;
      }
      if (stored->outcome != storage::UpsertOutcome::unchanged || stored->revived) {
        auto merged = co_await merge_duplicates(transaction, stored->id, posting.fingerprint);
        if (!merged)
          co_return fail(std::move(merged.error()));
        out.merged = *merged;
        if (auto told = co_await tell_posted(transaction, stored->id); !told)
          co_return fail(std::move(told.error()));
      }
      co_return out;
    });
}

task<Result<std::int64_t>> expire_old_jobs(Services& services) {
  auto expired = co_await expire_due(services);
  if (!expired)
    co_return fail(std::move(expired.error()));
  if (!expired->empty())
    ++services.jobs_generation;
  for (const auto& job : *expired)
    if (auto freed = co_await free_duplicates(services, job.id); !freed)
      co_return fail(std::move(freed.error()));
  co_return static_cast<std::int64_t>(expired->size());
}

task<Result<RefreshReport>> refresh(Services& services, TaskId task_id,
                                    std::vector<SavedSearch> searches) {
  auto progress = std::make_shared<Progress>();
  progress->searches = std::move(searches);
  progress->reports.resize(progress->searches.size());
  auto total = static_cast<std::int64_t>(progress->searches.size()) + 2;
  report_progress(services, task_id, "fetching", 0, total);
  auto executor = co_await asio::this_coro::executor;
  auto finished = std::make_shared<Timer>(executor, Timer::time_point::max());
  auto worker = [&services, progress, task_id, total]() -> task<void> {
    while (progress->next < progress->searches.size()) {
      auto index = progress->next++;
      progress->reports[index] = co_await run_search(services, progress->searches[index]);
      report_progress(services, task_id, "fetching", static_cast<std::int64_t>(++progress->done),
                      total);
    }
  };
  auto parallel = std::min<std::size_t>(
    progress->searches.size(), static_cast<std::size_t>(services.config.jobs.refresh_parallel));
  progress->running = parallel;
  std::exception_ptr failure;
  for (std::size_t i = 0; i < parallel; ++i)
    asio::co_spawn(executor, worker, [progress, finished, &failure](std::exception_ptr error) {
      if (error)
        failure = error;
      if (--progress->running == 0)
        finished->cancel();
    });
  if (progress->running > 0) {
    CarriesCause carries;
    boost::system::error_code ignored;
    co_await finished->async_wait(asio::redirect_error(use_task, ignored));
  }
  if (failure)
    std::rethrow_exception(failure);
  RefreshReport report;
  report.sources = std::move(progress->reports);
  report_progress(services, task_id, "expiring", total - 2, total);
  auto expired = co_await expire_old_jobs(services);
  if (!expired)
    co_return fail(std::move(expired.error()));
  report.expired = *expired;
  report_progress(services, task_id, "embedding", total - 1, total);
  auto context = Context::system(index_budget);
  auto indexed = co_await net::ask(services.matching, context, IndexJobs{});
  if (!indexed)
    co_return fail(std::move(indexed.error()));
  co_return report;
}

}  // namespace jobraker
