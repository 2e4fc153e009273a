#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "messages/make_event.hpp"
#include "tools/analytics/trade.hpp"

/// A made-up world that tells of itself, and what its events add up to, computed without the code
/// that is tested.
namespace jobraker::analytics {

using Random = std::mt19937_64;
using Sums = std::map<std::string, std::int64_t>;

inline std::size_t roll(Random& random, std::size_t sides) {
  return std::uniform_int_distribution<std::size_t>{0, sides - 1}(random);
}

template <class T>
const T& one_of(Random& random, const std::vector<T>& list) {
  return list[roll(random, list.size())];
}

inline Time some_time(Random& random) {
  const auto begin = *parse_rfc3339("2026-11-17T22:00:00Z");
  return begin + std::chrono::seconds{roll(random, 4 * 86400)};
}

inline JobPosted some_posting(Random& random) {
  JobPosted posted;
  posted.job_id = JobId::of(std::to_string(roll(random, 60)));
  posted.version = static_cast<std::int64_t>(1 + roll(random, 3));
  posted.title =
    one_of<std::string>(random, {"Nurse", "Backend Developer", "Truck driver", "Muse"});
  posted.country = one_of<std::string>(random, {"", "DE", "FR"});
  return posted;
}

/// An application's entries have numbers of their own: `seq`.
inline ApplicationStatusChanged some_change(Random& random, std::int64_t seq) {
  ApplicationStatusChanged changed;
  changed.application_id = ApplicationId::of(std::to_string(roll(random, 40)));
  changed.status = one_of<std::string>(random, {"submitted", "rejected", "offered", "a_new_word"});
  changed.seq = seq;
  return changed;
}

inline LlmCall some_call(Random& random) {
  LlmCall call;
  call.call_id = new_uuid();
  call.operation = one_of<std::string>(random, {"chat", "score_jobs"});
  call.model = one_of<std::string>(random, {"small", "large"});
  call.tokens_in = static_cast<std::int64_t>(roll(random, 5000));
  call.tokens_out = static_cast<std::int64_t>(roll(random, 500));
  call.cost_nano = static_cast<std::int64_t>(roll(random, 90'000'000));
  call.cache_hit = roll(random, 4) == 0;
  call.outcome = "ok";
  return call;
}

/// `seq` is used where a number is wanted that comes once.
inline Event some_event(Random& random, std::int64_t seq) {
  const auto at = some_time(random);
  const auto user = UserId::of(std::to_string(roll(random, 20)));
  switch (roll(random, 7)) {
  case 0:
    return make_event(some_posting(random), at);
  case 1:
    return make_event(some_change(random, seq), at);
  case 2:
    return make_event(
      MatchFound{user, JobId::of("x"), 90, 1, roll(random, 2) == 0 ? "batch" : "posting"}, at);
  case 3:
    return make_event(DigestSent{new_uuid(), user, static_cast<std::int64_t>(roll(random, 9))}, at);
  case 4:
    return make_event(
      ChatTurnCompleted{ConversationId::of("c" + std::to_string(roll(random, 9))), TurnId::fresh(),
                        user, one_of<std::string>(random, {"done", "failed", "cancelled"})},
      at);
  case 5:
    return make_event(some_call(random), at);
  default: {
    auto later = make_event(some_posting(random), at);
    later.type = "jobraker.job.posted.v2";
    later.data = R"({"of":"a later version"})";
    return later;
  }
  }
}

inline std::vector<Event> some_events(Random& random, std::size_t count) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < count; ++i)
    events.push_back(some_event(random, static_cast<std::int64_t>(i + 1)));
  return events;
}

/// All of them, `more` of them twice, in any order.
inline std::vector<Event> with_repetitions(Random& random, std::vector<Event> events,
                                           std::size_t more) {
  const auto count = events.size();
  for (std::size_t i = 0; i < more; ++i)
    events.push_back(events[roll(random, count)]);
  std::shuffle(events.begin(), events.end(), random);
  return events;
}

template <class E>
std::vector<std::pair<Event, E>> of_type(const std::vector<Event>& events) {
  std::vector<std::pair<Event, E>> found;
  for (const auto& event : events)
    if (event.type == E::event_type)
      found.emplace_back(event, *json::decode<E>(event.data));
  return found;
}

inline std::string day_of(Time time) { return to_rfc3339(time).substr(0, 10); }

/// One row of a view each, its key written out.
inline Sums sums_of(const std::vector<Event>& events, const Trades& trades) {
  Sums sums;
  std::map<JobId, Time> job_began;
  std::map<JobId, std::tuple<std::int64_t, Time, Uuid, std::string>> job_last;
  for (const auto& [event, e] : of_type<JobPosted>(events)) {
    auto began = job_began.try_emplace(e.job_id, event.time).first;
    began->second = std::min(began->second, event.time);
    std::tuple last{e.version, event.time, event.id,
                    std::string{trades.of(e.title)} + "/" + e.country};
    job_last[e.job_id] = std::max(job_last[e.job_id], last);
  }
  for (const auto& [job, last] : job_last)
    ++sums["posting/" + day_of(job_began[job]) + "/" + std::get<3>(last)];
  std::map<ApplicationId, Time> application_began;
  std::map<ApplicationId, std::pair<std::int64_t, std::string>> application_last;
  for (const auto& [event, e] : of_type<ApplicationStatusChanged>(events)) {
    auto began = application_began.try_emplace(e.application_id, event.time).first;
    began->second = std::min(began->second, event.time);
    auto& last = application_last[e.application_id];
    last = std::max(last, std::pair{e.seq, e.status});
  }
  for (const auto& [application, last] : application_last)
    ++sums["application/" + day_of(application_began[application]) + "/" + last.second];
  for (const auto& [event, e] : of_type<MatchFound>(events))
    ++sums["match/" + day_of(event.time) + "/" + e.found_by];
  for (const auto& [event, e] : of_type<DigestSent>(events)) {
    ++sums["digest/" + day_of(event.time)];
    sums["digest jobs/" + day_of(event.time)] += e.jobs;
  }
  for (const auto& [event, e] : of_type<ChatTurnCompleted>(events))
    ++sums["turn/" + day_of(event.time) + "/" + e.outcome];
  for (const auto& [event, e] : of_type<LlmCall>(events)) {
    const auto key = day_of(event.time) + "/" + e.operation + "/" + e.model;
    ++sums["call/" + key];
    sums["cached/" + key] += e.cache_hit ? 1 : 0;
    sums["tokens/" + key] += e.tokens_in + e.tokens_out;
    sums["cost/" + key] += e.cost_nano;
  }
  return sums;
}

/// The same from the tables. `session.query`.
inline constexpr std::string_view sums_sql = R"sql(
  SELECT concat_ws('/', 'posting', day, trade, country), postings FROM analytics.postings_daily
  UNION ALL
  SELECT concat_ws('/', 'application', day, outcome), applications FROM analytics.applications_daily
  UNION ALL
  SELECT concat_ws('/', 'match', day, found_by), matches FROM analytics.matches_daily
  UNION ALL
  SELECT concat_ws('/', 'digest', day), digests FROM analytics.digests_daily
  UNION ALL
  SELECT concat_ws('/', 'digest jobs', day), jobs FROM analytics.digests_daily
  UNION ALL
  SELECT concat_ws('/', 'turn', day, outcome), turns FROM analytics.chat_turns_daily
  UNION ALL
  SELECT concat_ws('/', kind, day, operation, model), number FROM analytics.model_calls_daily,
    LATERAL (VALUES ('call', calls), ('cached', cache_hits), ('tokens', tokens_in + tokens_out),
      ('cost', cost_nano::bigint)) AS v (kind, number)
)sql";

}  // namespace jobraker::analytics
