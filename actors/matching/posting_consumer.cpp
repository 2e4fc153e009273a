#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/matching/consumers.hpp"
#include "actors/notifications/push.hpp"
#include "messages/codec.hpp"
#include "messages/make_event.hpp"
#include "messages/match_found.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/notifications.hpp"
#include "storage/outbox.hpp"
#include "storage/people.hpp"
#include "storage/scores.hpp"
#include "storage/vectors.hpp"

namespace jobraker {
namespace {

/// From this score on a match is worth interrupting somebody for; the others wait in the list.
constexpr double exceptional_from = 80;
constexpr std::chrono::minutes budget{3};

/// What was stored, and who is to hear of it.
struct Outcome {
  std::size_t stored = 0;
  std::vector<UserId> changed{};  ///< whose matches are others now
  std::vector<Notification> notifications{};
};

/// The posting's vectors, for its present content. Runs of the index are shared by all who ask, so
/// many postings at a time are embedded together.
task<Done> ensure_vectors(Services& services, const Context& context, JobId job) {
  auto missing = co_await storage::any_without_vectors(services.databases.here(),
                                                       services.config.llm.embedding_model, {job});
  if (!missing)
    co_return fail(std::move(missing.error()));
  if (!*missing)
    co_return Done{};
  auto indexed = co_await net::ask(services.matching, context, IndexJobs{});
  if (!indexed)
    co_return fail(as_outage(std::move(indexed.error())));
  co_return Done{};
}

std::string place_of(const Job& job) { return job.company.empty() ? job.location : job.company; }

storage::NewNotification notification(const JobScore& score, const Job& job) {
  storage::NewNotification out;
  out.user = score.user_id;
  out.kind = notification_kind::exceptional_match;
  out.title = job.title;
  if (auto place = place_of(job); !place.empty())
    out.title += " at " + place;
  out.text = std::to_string(std::lround(score.compatibility_score)) + " of 100";
  for (std::size_t i = 0; i < score.match_factors.size(); ++i)
    out.text.append(i == 0 ? ": " : "; ").append(score.match_factors[i]);
  out.subject_type = "job";
  out.subject_id = to_string(job.id);
  out.dedupe_key = "match/" + to_string(job.id);
  return out;
}

/// The scores of those who are still there, each under the version that its basis has or would get.
task<Result<std::vector<JobScore>>> versioned(storage::Session& session, const FoundPeople& found) {
  std::vector<UserId> users;
  for (const auto& one : found.people)
    users.push_back(one.score.user_id);
  auto runs = co_await storage::last_runs(session, std::move(users));
  if (!runs)
    co_return fail(std::move(runs.error()));
  std::unordered_map<UserId, const storage::LastRun*> by_user;
  for (const auto& run : *runs)
    by_user.emplace(run.user, &run);
  std::vector<JobScore> scores;
  for (const auto& one : found.people)
    if (auto it = by_user.find(one.score.user_id); it != by_user.end()) {
      const auto& run = *it->second;
      bool same = run.score_version > 0 && run.basis == one.basis;
      scores.push_back(one.score);
      scores.back().version = run.score_version + (same ? 0 : 1);
    }
  co_return scores;
}

/// Everything in one transaction: scores, who is suited no longer, notifications, events.
task<Result<Outcome>> store(storage::Session& session, const FoundPeople& found) {
  Outcome out;
  std::vector<JobScore> scores;
  if (!found.people.empty()) {
    auto present = co_await versioned(session, found);
    if (!present)
      co_return fail(std::move(present.error()));
    scores = std::move(*present);
  }
  for (const auto& score : scores)
    out.changed.push_back(score.user_id);
  if (found.job->version > 1) {
    auto gone = co_await storage::drop_rubric_scores(session, found.job->id, out.changed);
    if (!gone)
      co_return fail(std::move(gone.error()));
    out.changed = std::move(*gone);
  } else {
    out.changed.clear();
  }
  auto stored = co_await storage::store_scores(session, scores, JudgedBy::rubric);
  if (!stored)
    co_return fail(std::move(stored.error()));
  out.stored = stored->size();
  std::unordered_map<UserId, const JobScore*> by_user;
  for (const auto& score : scores)
    by_user.emplace(score.user_id, &score);
  std::vector<storage::NewNotification> notifications;
  std::vector<Event> events;
  auto clock = now();
  for (const auto& one : *stored) {
    const auto& score = *by_user.at(one.user);
    out.changed.push_back(one.user);
    if (one.first)
      events.push_back(make_event(match_found(score, "posting"), clock));
    if (score.compatibility_score >= exceptional_from)
      notifications.push_back(notification(score, *found.job));
  }
  if (!notifications.empty()) {
    auto added = co_await storage::add_notifications(session, std::move(notifications), clock);
    if (!added)
      co_return fail(std::move(added.error()));
    out.notifications = std::move(*added);
  }
  if (auto told = co_await storage::append_events(session, std::move(events)); !told)
    co_return fail(std::move(told.error()));
  co_return out;
}

/// Who is alive hears of it; the others find it in their rows.
void tell(Services& services, PeopleServices& people, const Outcome& outcome) {
  notifications::push(services, outcome.notifications);
  for (const auto& user : outcome.changed)
    if (auto actor = people.awake(user))
      caf::anon_send(*actor, Context::system(std::chrono::seconds{30}), MatchesChanged{});
}

task<Done> job_posted(Services& services, PeopleServices& people, const Event& event,
                      const events::Once& once) {
  auto posted = json::decode<JobPosted>(event.data, json::Unknown::ignore);
  if (!posted)
    co_return fail(Errc::malformed, posted.error().detail);
  auto context = context_of(event, budget);
  if (auto ready = co_await ensure_vectors(services, context, posted->job_id); !ready)
    co_return ready;
  auto found = co_await net::ask(people.people, context, FindPeople{posted->job_id});
  if (!found) {
    if (found.error().code == Errc::not_found)
      co_return Done{};
    co_return fail(std::move(found.error()));
  }
  if (found->job->version > posted->version)
    co_return Done{};  // a later event tells of it
  if (found->people.empty() && found->job->version <= 1)
    co_return Done{};
  auto outcome = std::make_shared<Outcome>();
  auto first =
    co_await once([outcome, found = *found](storage::Transaction& transaction) -> task<Done> {
      auto stored = co_await store(transaction, found);
      if (!stored)
        co_return fail(std::move(stored.error()));
      *outcome = std::move(*stored);
      co_return Done{};
    });
  if (!first)
    co_return fail(std::move(first.error()));
  if (!*first)
    co_return Done{};
  tell(services, people, *outcome);
  spdlog::info("event=posting.matched job={} suited={} stored={} notified={}",
               to_string(posted->job_id), found->people.size(), outcome->stored,
               outcome->notifications.size());
  co_return Done{};
}

}  // namespace

events::Consumer posting_consumer(Services& services, PeopleServices& people) {
  return {"matching-postings",
          {Topic::job_posted},
          [&services, &people](const Event& event, const events::Once& once) {
            return job_posted(services, people, event, once);
          }};
}

}  // namespace jobraker
