// What runs leave behind: the evidence.
#include "messages/codec.hpp"
#include "storage/row.hpp"
#include "storage/submissions.hpp"

namespace jobraker::storage {
namespace {

// What a shorter report leaves out, such as one found in a list, stays. A run that has ended takes
// only what its end says, but a cancelled one may turn out completed.
constexpr std::string_view save_sql = R"sql(
  INSERT INTO submission_runs AS r (run_id, application_id, attempt, state, output, failure_reason,
    errors, recording_url, screenshot_urls, app_url, step_count, finished_at, first_heard_at, heard_at)
  VALUES ($1, $2, $3, $4, nullif($5, '')::jsonb, $6, $7::jsonb, $8, $9::text[], $10, $11, $12, $13, $13)
  ON CONFLICT (run_id) DO UPDATE SET
    state = excluded.state,
    output = coalesce(excluded.output, r.output),
    failure_reason = coalesce(nullif(excluded.failure_reason, ''), r.failure_reason),
    errors = CASE excluded.errors WHEN '[]' THEN r.errors ELSE excluded.errors END,
    recording_url = coalesce(nullif(excluded.recording_url, ''), r.recording_url),
    screenshot_urls = CASE excluded.screenshot_urls WHEN '{}' THEN r.screenshot_urls
                      ELSE excluded.screenshot_urls END,
    app_url = coalesce(nullif(excluded.app_url, ''), r.app_url),
    step_count = greatest(excluded.step_count, r.step_count),
    finished_at = coalesce(excluded.finished_at, r.finished_at), heard_at = excluded.heard_at
  WHERE r.application_id = excluded.application_id AND (
    r.state NOT IN ('completed', 'failed', 'terminated', 'timed_out', 'canceled')
    OR r.state = excluded.state OR (r.state = 'canceled' AND excluded.state = 'completed'))
)sql";

constexpr std::string_view runs_sql = R"sql(
  SELECT run_id, state, coalesce(output::text, ''), failure_reason, recording_url, screenshot_urls,
    app_url, step_count, finished_at, heard_at, errors
  FROM submission_runs WHERE application_id = $1 ORDER BY first_heard_at DESC, run_id LIMIT 20
)sql";

constexpr std::string_view whose_sql = R"sql(
  SELECT application_id FROM submission_runs WHERE run_id = $1
)sql";

}  // namespace

task<Done> save_run(Session& session, ApplicationId application, std::int64_t attempt,
                    const RunReport& r, Time now) {
  json::Writer errors;
  json::write(errors, r.errors);
  Params params{r.run_id, application,      attempt,       r.state,
                r.output, r.failure_reason, errors.text(), r.recording_url};
  params.add(r.screenshot_urls).add(r.app_url).add(r.step_count).add(r.finished_at).add(now);
  auto rows = co_await session.query(save_sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Result<std::vector<RunReport>>> application_runs(Session& session, ApplicationId application) {
  auto rows = co_await session.query(runs_sql, {application});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<RunReport> runs;
  for (auto row : *rows) {
    auto& r = runs.emplace_back();
    row.read(r.run_id, r.state, r.output, r.failure_reason, r.recording_url, r.screenshot_urls,
             r.app_url, r.step_count, r.finished_at, r.heard_at);
    if (auto document = json::Document::parse(row.get<std::string>("errors")))
      document->root().each_element([&](json::View fault) {
        r.errors.push_back({fault["code"].string_or(""), fault["reasoning"].string_or("")});
      });
  }
  co_return runs;
}

task<Result<std::optional<ApplicationId>>> application_of_run(Session& session,
                                                              std::string run_id) {
  auto rows = co_await session.query(whose_sql, {run_id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return std::nullopt;
  co_return rows->front().get<ApplicationId>(0);
}

}  // namespace jobraker::storage
