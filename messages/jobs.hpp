#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/profile.hpp"

namespace jobraker {

enum class Workplace : std::uint8_t { unknown, on_site, hybrid, remote };
template <>
inline constexpr std::string_view enum_names<Workplace>[] = {"unknown", "on_site", "hybrid",
                                                             "remote"};

/// Whether a posting can still be applied for. `merged`: a duplicate of the job in `merged_into`.
enum class JobStatus : std::uint8_t { active, expired, merged };
template <>
inline constexpr std::string_view enum_names<JobStatus>[] = {"active", "expired", "merged"};

/// The true reason why a posting counts as expired.
enum class ExpiryReason : std::uint8_t {
  deadline_passed,   ///< the posting named a closing date and it is over
  gone_from_source,  ///< a complete listing of its board or feed no longer holds it
  too_old,    ///< posted longer ago than `jobs.max_age_days`, and its source names no deadline
  withdrawn,  ///< the employer took it back
};
template <>
inline constexpr std::string_view enum_names<ExpiryReason>[] = {
  "deadline_passed", "gone_from_source", "too_old", "withdrawn"};

enum class SourceKind : std::uint8_t { adzuna, feed, greenhouse, lever, employer };
template <>
inline constexpr std::string_view enum_names<SourceKind>[] = {"adzuna", "feed", "greenhouse",
                                                              "lever", "employer"};

/// A posting, normalised. Money is whole units of `salary_currency` a year.
struct Job {
  static constexpr auto type_name = "Job";
  JobId id{};
  SourceKind source = SourceKind::employer;
  std::string source_id{};    ///< unique within the source, e.g. `gb:4795571883`
  std::string source_url{};   ///< where a person is sent
  std::string attribution{};  ///< what the source's terms ask us to show; may be empty
  std::string title{};
  std::string company{};
  std::string location{};  ///< as the source wrote it
  std::string city{};
  std::string region{};
  std::string country{};  ///< ISO 3166-1 alpha-2, upper case; empty when unknown
  Workplace workplace = Workplace::unknown;
  std::optional<std::int64_t> salary_min{};
  std::optional<std::int64_t> salary_max{};
  std::string salary_currency{};  ///< ISO 4217
  bool salary_predicted = false;  ///< the source's estimate, not the employer's word
  std::optional<JobType> job_type{};
  Seniority seniority = Seniority::unknown;
  std::optional<double> years_required{};
  Strings skills{};           ///< canonical names
  std::string description{};  ///< clean text
  std::string
    requirements{};  ///< the part of the description that says what is asked; may be empty
  std::optional<Time> posted_at{};
  std::optional<Time> expires_at{};
  JobStatus status = JobStatus::active;
  std::optional<ExpiryReason> expiry_reason{};
  std::optional<JobId> merged_into{};
  std::optional<UserId> posted_by{};
  std::int64_t version = 0;
  Time created_at{};
  Time updated_at{};

  static constexpr auto fields() {
    return std::tuple{field("id", &Job::id),
                      field("source", &Job::source),
                      field("source_id", &Job::source_id),
                      field("source_url", &Job::source_url),
                      field("attribution", &Job::attribution),
                      field("title", &Job::title),
                      field("company", &Job::company),
                      field("location", &Job::location),
                      field("city", &Job::city),
                      field("region", &Job::region),
                      field("country", &Job::country),
                      field("workplace", &Job::workplace),
                      field("salary_min", &Job::salary_min),
                      field("salary_max", &Job::salary_max),
                      field("salary_currency", &Job::salary_currency),
                      field("salary_predicted", &Job::salary_predicted),
                      field("job_type", &Job::job_type),
                      field("seniority", &Job::seniority),
                      field("years_required", &Job::years_required),
                      field("skills", &Job::skills),
                      field("description", &Job::description, {.max_length = 60000}),
                      field("requirements", &Job::requirements, {.max_length = 60000}),
                      field("posted_at", &Job::posted_at),
                      field("expires_at", &Job::expires_at),
                      field("status", &Job::status),
                      field("expiry_reason", &Job::expiry_reason),
                      field("merged_into", &Job::merged_into),
                      field("posted_by", &Job::posted_by),
                      field("version", &Job::version),
                      field("created_at", &Job::created_at),
                      field("updated_at", &Job::updated_at)};
  }
};

/// A posting that could not be read, so that a person can look at the source.
struct ItemProblem {
  static constexpr auto type_name = "ItemProblem";
  std::string source;  ///< the search's or source's name
  std::string item;    ///< its id or position, e.g. `#17`
  std::string detail;

  static constexpr auto fields() {
    return std::tuple{field("source", &ItemProblem::source), field("item", &ItemProblem::item),
                      field("detail", &ItemProblem::detail)};
  }
};

enum class SearchKind : std::uint8_t { adzuna, feed, greenhouse, lever };
template <>
inline constexpr std::string_view enum_names<SearchKind>[] = {"adzuna", "feed", "greenhouse",
                                                              "lever"};

/// A saved search: what to fetch regularly.
struct SavedSearch {
  static constexpr auto type_name = "SavedSearch";
  SearchId id{};
  UserId owner{};
  SearchKind kind = SearchKind::adzuna;
  std::string name{};
  std::string query{};     ///< adzuna: words to search for
  std::string location{};  ///< adzuna: place
  std::string country{};   ///< adzuna: lower-case country code
  std::string url{};       ///< feed: address
  std::string board{};     ///< greenhouse, lever: the employer's token
  bool active = true;
  std::optional<Time> last_run_at{};
  std::string last_outcome{};  ///< "42 postings, 3 new" or what went wrong
  Time created_at{};

  static constexpr auto fields() {
    return std::tuple{field("id", &SavedSearch::id),
                      field("owner", &SavedSearch::owner),
                      field("kind", &SavedSearch::kind),
                      field("name", &SavedSearch::name),
                      field("query", &SavedSearch::query),
                      field("location", &SavedSearch::location),
                      field("country", &SavedSearch::country),
                      field("url", &SavedSearch::url),
                      field("board", &SavedSearch::board),
                      field("active", &SavedSearch::active),
                      field("last_run_at", &SavedSearch::last_run_at),
                      field("last_outcome", &SavedSearch::last_outcome),
                      field("created_at", &SavedSearch::created_at)};
  }
};

}  // namespace jobraker
