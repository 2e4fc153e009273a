#pragma once

#include <optional>
#include <string>

#include "messages/job_commands.hpp"
#include "storage/session.hpp"

/// Lists of postings for people.
namespace jobraker::storage {

/// Which postings; what is empty does not filter.
struct JobFilter {
  std::string
    q{};  ///< words, "phrases", -exclusions, or; looked for in title, company, skills, text
  std::string location{};                    ///< part of the place, in any case of letters
  std::string country{};                     ///< ISO 3166-1 alpha-2, either case
  std::optional<bool> remote{};              ///< true: remote only; false: everything but
  std::optional<std::int64_t> salary_min{};  ///< the upper end of the posting's range reaches this
  std::optional<int> posted_within_days{};
  std::string company{};              ///< part of its name, in any case of letters
  JobSort sort = JobSort::posted_at;  ///< best or newest first; relevance without `q` is posted_at
  bool include_inactive = false;      ///< expired ones, too; merged ones never
};

using jobraker::JobPage;

/// Up to `limit` (at most 200) postings from `cursor` on. A cursor is good for the same filter
/// only; pages neither repeat nor skip postings that do not change. Errc::invalid for a cursor that
/// is none.
task<Result<JobPage>> list_jobs(Session& session, JobFilter filter, std::string cursor,
                                std::size_t limit, Time now);

}  // namespace jobraker::storage
