#pragma once

#include "storage/accounts.hpp"
#include "storage/jobs.hpp"
#include "tests/support/pg.hpp"

namespace jobraker::test {

inline const Time start = *parse_rfc3339("2026-11-20T12:00:00Z");

/// A posting with little in it.
inline Job sample_job(const std::string& source_id, SourceKind source = SourceKind::adzuna) {
  Job job;
  job.source = source;
  job.source_id = source_id;
  job.title = "Software Developer";
  job.company = "Acme GmbH";
  job.location = "Berlin, Germany";
  job.country = "DE";
  job.description = "You will build servers.";
  job.posted_at = start - std::chrono::days{1};
  return job;
}

/// A test with postings and people.
struct SampleTest : PgTest {
  UserId person(const std::string& email = "a@example.com") {
    return must(run(storage::create_account(*db, email, "hash", Role::seeker))).id;
  }
  storage::UpsertedJob upsert(const Job& job, const std::string& hash = "h1", Time at = start,
                              const std::string& board = "b") {
    return must(run(storage::upsert_job(*db, job, {hash, board, "f-" + job.title}, at)));
  }
  JobId add(const std::string& source_id) { return upsert(sample_job(source_id)).id; }
  Job find(JobId id) { return must(run(storage::find_job(*db, id))); }
};

}  // namespace jobraker::test
