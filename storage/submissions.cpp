#include "storage/submissions.hpp"

#include "messages/codec.hpp"
#include "storage/row.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view find_sql = R"sql(
  SELECT application_id, user_id, subject, approved, approved_at, phase, send_right, fence, attempt,
    refusals, look_ups, failures, polls, cancel_wanted, in_vain, stale, run_id, run_state, steps,
    instructions, queued_at, begun_at, heard_at, wake_at, answers
  FROM submissions WHERE application_id = $1
)sql";

constexpr std::string_view save_sql = R"sql(
  INSERT INTO submissions AS s (application_id, user_id, subject, answers, approved, approved_at,
    phase, send_right, fence, attempt, refusals, look_ups, polls, cancel_wanted, in_vain, stale,
    run_id, run_state, steps, instructions, queued_at, begun_at, heard_at, wake_at, updated_at,
    failures)
  VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
    $19, $20, $21, $22, $23, $24, $25, $26)
  ON CONFLICT (application_id) DO UPDATE SET answers = excluded.answers,
    approved = excluded.approved, approved_at = excluded.approved_at, phase = excluded.phase,
    send_right = excluded.send_right, fence = excluded.fence, attempt = excluded.attempt,
    refusals = excluded.refusals, look_ups = excluded.look_ups, polls = excluded.polls,
    cancel_wanted = excluded.cancel_wanted, in_vain = excluded.in_vain, stale = excluded.stale,
    run_id = excluded.run_id, run_state = excluded.run_state, steps = excluded.steps,
    instructions = excluded.instructions, queued_at = excluded.queued_at,
    begun_at = excluded.begun_at, heard_at = excluded.heard_at, wake_at = excluded.wake_at,
    updated_at = excluded.updated_at, failures = excluded.failures
)sql";

constexpr std::string_view end_approval_sql = R"sql(
  UPDATE approvals SET ended_at = $2 WHERE application_id = $1 AND ended_at IS NULL
)sql";

constexpr std::string_view add_approval_sql = R"sql(
  WITH ended AS (
    UPDATE approvals SET ended_at = $5 WHERE application_id = $1 AND ended_at IS NULL)
  INSERT INTO approvals (application_id, hash, documents, answers, approved_at)
  VALUES ($1, $2, $3, $4::jsonb, $5)
)sql";

constexpr std::string_view due_sql = R"sql(
  SELECT application_id FROM submissions WHERE wake_at < $1 ORDER BY wake_at, application_id LIMIT $2
)sql";

// The row of all employers first: whoever gives turns away does it one after the other.
constexpr std::string_view lock_all_sql = R"sql(
  INSERT INTO employer_turns AS t (company_key, next_at) VALUES ('', '-infinity')
  ON CONFLICT (company_key) DO UPDATE SET next_at = t.next_at
)sql";

// What waits for a person, or for nobody, keeps no others from their turn.
constexpr std::string_view turn_sql = R"sql(
  SELECT (SELECT t.next_at FROM employer_turns t JOIN applications a ON a.company_key = t.company_key
          WHERE a.id = $1 AND t.company_key <> ''),
    (SELECT count(*) FROM submissions WHERE phase IN ('creating', 'looking', 'running')
      AND NOT (in_vain OR stale OR (phase = 'running' AND run_state = 'paused')))
)sql";

constexpr std::string_view give_turn_sql = R"sql(
  INSERT INTO employer_turns (company_key, next_at)
  SELECT company_key, $2 FROM applications WHERE id = $1 AND company_key <> ''
  ON CONFLICT (company_key) DO UPDATE SET next_at = excluded.next_at
)sql";

// Whoever takes the consent back meanwhile waits until this is committed, and then sees it.
constexpr std::string_view consent_sql = R"sql(
  SELECT granted FROM consents WHERE user_id = $1 AND purpose = 'auto_apply' FOR SHARE
)sql";

constexpr std::string_view operators_sql = R"sql(
  SELECT id FROM users WHERE role = 'admin' ORDER BY id LIMIT 20
)sql";

// Of one that was withdrawn the timeline still knows whether it had been sent.
constexpr std::string_view other_name_sql = R"sql(
  SELECT EXISTS (
    SELECT FROM applications mine
    JOIN jobs j ON j.id = mine.job_id
    JOIN jobs same ON coalesce(same.merged_into, same.id) = coalesce(j.merged_into, j.id)
    JOIN applications other ON other.job_id = same.id AND other.user_id = mine.user_id
      AND other.id <> mine.id
    LEFT JOIN submissions s ON s.application_id = other.id
    WHERE mine.id = $1 AND (coalesce(s.send_right, 'free') <> 'free'
      OR other.status IN ('submitted', 'interviewing', 'offered', 'rejected')
      OR EXISTS (SELECT FROM application_events e WHERE e.application_id = other.id
                 AND e.status IN ('submitted', 'interviewing', 'offered', 'rejected'))))
)sql";

constexpr std::string_view ever_sent_sql = R"sql(
  SELECT EXISTS (SELECT FROM application_events WHERE application_id = $1
    AND status IN ('submitted', 'interviewing', 'offered', 'rejected'))
)sql";

std::string answers_json(const std::vector<FormAnswer>& answers) {
  json::Writer w;
  json::write(w, answers);
  return w.text();
}

std::vector<FormAnswer> read_answers(const std::string& text) {
  std::vector<FormAnswer> answers;
  if (auto document = json::Document::parse(text))
    document->root().each_element([&](json::View item) {
      answers.push_back({item["question"].string_or(""), item["answer"].string_or("")});
    });
  return answers;
}

Submission to_submission(const Row& row) {
  Submission s;
  row.read(s.application, s.user, s.subject, s.approved, s.approved_at, s.phase, s.right, s.fence,
           s.attempt, s.refusals, s.look_ups, s.failures, s.polls, s.cancel_wanted, s.in_vain,
           s.stale, s.run_id, s.run, s.steps, s.instructions, s.queued_at, s.begun_at, s.heard_at,
           s.wake_at);
  s.answers = read_answers(row.get<std::string>("answers"));
  return s;
}

task<Result<bool>> ask(Session& session, std::string_view sql, ApplicationId application) {
  auto rows = co_await session.query(sql, {application});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->front().get<bool>(0);
}

task<Done> run(Session& session, std::string_view sql, Params params) {
  auto rows = co_await session.query(sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

}  // namespace

EffectKey submission_key(const Submission& s) {
  return effect_key({"application", to_string(s.user), s.subject});
}

task<Result<Submission>> find_submission(Session& session, const Application& application) {
  auto rows = co_await session.query(find_sql, {application.id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (!rows->empty())
    co_return to_submission(rows->front());
  Submission blank;
  blank.application = application.id;
  blank.user = application.user_id;
  blank.subject = application.job_id ? "job/" + to_string(*application.job_id)
                                     : "application/" + to_string(application.id);
  co_return blank;
}

task<Done> save_submission(Session& session, const Submission& s, Time now) {
  Params params{s.application, s.user,          s.subject,  answers_json(s.answers),
                s.approved,    s.approved_at,   s.phase,    s.right,
                s.fence,       s.attempt,       s.refusals, s.look_ups,
                s.polls,       s.cancel_wanted, s.in_vain,  s.stale,
                s.run_id,      s.run,           s.steps,    s.instructions,
                s.queued_at,   s.begun_at,      s.heard_at, s.wake_at,
                now,           s.failures};
  co_return co_await run(session, save_sql, std::move(params));
}

task<Done> add_approval(Session& session, ApplicationId application, std::string hash,
                        std::string documents, const std::vector<FormAnswer>& answers, Time now) {
  co_return co_await run(session, add_approval_sql,
                         {application, hash, documents, answers_json(answers), now});
}

task<Done> end_approval(Session& session, ApplicationId application, Time now) {
  co_return co_await run(session, end_approval_sql, {application, now});
}

task<Result<std::vector<ApplicationId>>> due_submissions(Session& session, Time before,
                                                         std::int64_t limit) {
  auto rows = co_await session.query(due_sql, {before, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<ApplicationId> ids;
  for (auto row : *rows)
    ids.push_back(row.get<ApplicationId>(0));
  co_return ids;
}

task<Result<EmployerTurn>> lock_turn(Session& session, ApplicationId application) {
  if (auto locked = co_await run(session, lock_all_sql, {}); !locked)
    co_return fail(std::move(locked.error()));
  auto rows = co_await session.query(turn_sql, {application});
  if (!rows)
    co_return fail(std::move(rows.error()));
  EmployerTurn turn;
  rows->front().read(turn.next, turn.running);
  co_return turn;
}

task<Done> give_turn(Session& session, ApplicationId application, Time next) {
  co_return co_await run(session, give_turn_sql, {application, next});
}

task<Result<bool>> sent_under_another_name(Session& session, ApplicationId application) {
  co_return co_await ask(session, other_name_sql, application);
}

task<Result<bool>> hold_consent(Session& session, UserId user) {
  auto rows = co_await session.query(consent_sql, {user});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return !rows->empty() && rows->front().get<bool>(0);
}

task<Result<std::vector<UserId>>> operators(Session& session) {
  auto rows = co_await session.query(operators_sql, {});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<UserId> ids;
  for (auto row : *rows)
    ids.push_back(row.get<UserId>(0));
  co_return ids;
}

task<Result<bool>> was_ever_sent(Session& session, ApplicationId application) {
  co_return co_await ask(session, ever_sent_sql, application);
}

}  // namespace jobraker::storage
