#pragma once

#include "messages/jobs.hpp"

namespace jobraker {

/// What a salary figure counts.
enum class PayPeriod : std::uint8_t { unknown, hour, day, week, month, year };
template <>
inline constexpr std::string_view enum_names<PayPeriod>[] = {"unknown", "hour",  "day",
                                                             "week",    "month", "year"};

/// An employer's own posting, the body of `POST /jobs`.
struct PostJob {
  static constexpr auto type_name = "PostJob";
  std::string title{};
  std::string company{};
  std::string description{};              ///< plain text or HTML
  std::optional<std::string> location{};  ///< free text, e.g. `Berlin, Germany` or `Remote - US`
  std::optional<std::string> country{};   ///< ISO 3166-1 alpha-2, when the location does not say
  std::optional<double> salary_min{};     ///< per `salary_period`, in `salary_currency`
  std::optional<double> salary_max{};
  std::optional<std::string> salary_currency{};  ///< ISO 4217
  std::optional<PayPeriod> salary_period{};      ///< a year when left out
  std::optional<JobType> job_type{};
  std::optional<Workplace> workplace{};
  std::optional<std::string> url{};  ///< where to apply: http or https
  Strings skills{};
  std::optional<Time> expires_at{};

  static constexpr auto fields() {
    constexpr FieldRules money{.min = 0, .max = 1e9};
    return std::tuple{
      field("title", &PostJob::title, {.max_length = 300, .min_length = 2}),
      field("company", &PostJob::company, {.max_length = 200, .min_length = 1}),
      field("description", &PostJob::description, {.max_length = 60000, .min_length = 20}),
      field("location", &PostJob::location, {.max_length = 300}),
      field("country", &PostJob::country, {.max_length = 2, .min_length = 2}),
      field("salary_min", &PostJob::salary_min, money),
      field("salary_max", &PostJob::salary_max, money),
      field("salary_currency", &PostJob::salary_currency, {.max_length = 3, .min_length = 3}),
      field("salary_period", &PostJob::salary_period),
      field("job_type", &PostJob::job_type),
      field("workplace", &PostJob::workplace),
      field("url", &PostJob::url, {.max_length = 2000, .min_length = 8}),
      optional_field("skills", &PostJob::skills, {.max_length = 100, .max_items = 50}),
      field("expires_at", &PostJob::expires_at)};
  }
};

/// Asks for one posting.
struct GetJob {
  static constexpr auto type_name = "GetJob";
  JobId id{};

  static constexpr auto fields() { return std::tuple{field("id", &GetJob::id)}; }
};

/// The order of a list of postings.
enum class JobSort : std::uint8_t { posted_at, salary, relevance };
template <>
inline constexpr std::string_view enum_names<JobSort>[] = {"posted_at", "salary", "relevance"};

/// Asks for a page of postings, newest first. Every filter given must hold.
struct ListJobs {
  static constexpr auto type_name = "ListJobs";
  std::optional<std::string> q{};         ///< words in title, company, skills or description
  std::optional<std::string> location{};  ///< part of the place's name
  std::optional<std::string> country{};   ///< ISO 3166-1 alpha-2
  std::optional<bool> remote{};           ///< true: only remote ones; false: none of them
  std::optional<std::string> company{};
  std::optional<std::int64_t> salary_min{};     ///< the job pays at least this a year
  std::optional<std::int64_t> posted_within{};  ///< days
  std::optional<JobSort> sort{};                ///< newest first when left out
  std::optional<std::string> cursor{};          ///< `JobPage::next` of the page before
  std::int64_t limit = 20;

  static constexpr auto fields() {
    return std::tuple{field("q", &ListJobs::q, {.max_length = 300}),
                      field("location", &ListJobs::location, {.max_length = 200}),
                      field("country", &ListJobs::country, {.max_length = 2, .min_length = 2}),
                      field("remote", &ListJobs::remote),
                      field("company", &ListJobs::company, {.max_length = 200}),
                      field("salary_min", &ListJobs::salary_min, {.min = 0, .max = 1e9}),
                      field("posted_within", &ListJobs::posted_within, {.min = 1, .max = 3650}),
                      field("sort", &ListJobs::sort),
                      field("cursor", &ListJobs::cursor, {.max_length = 200}),
                      optional_field("limit", &ListJobs::limit, {.min = 1, .max = 100})};
  }
};

/// One page of postings.
struct JobPage {
  static constexpr auto type_name = "JobPage";
  std::vector<Job> items{};
  std::optional<std::string> next{};  ///< the cursor of the next page; none on the last

  static constexpr auto fields() {
    return std::tuple{field("items", &JobPage::items), field("next", &JobPage::next)};
  }
};

/// Asks to fetch every active search, feed and board now, or only the ones named.
struct RefreshJobs {
  static constexpr auto type_name = "RefreshJobs";
  std::vector<SearchId> searches{};  ///< empty: all

  static constexpr auto fields() {
    return std::tuple{optional_field("searches", &RefreshJobs::searches, {.max_items = 200})};
  }
};

/// What one search brought.
struct SourceReport {
  static constexpr auto type_name = "SourceReport";
  std::string source{};  ///< the search's name
  SearchKind kind = SearchKind::adzuna;
  std::int64_t fetched = 0;    ///< items read
  std::int64_t inserted = 0;   ///< postings not known before
  std::int64_t updated = 0;    ///< known, and changed
  std::int64_t unchanged = 0;  ///< known, and the same
  std::int64_t merged = 0;     ///< of the new ones: duplicates of a posting from elsewhere
  std::int64_t expired = 0;    ///< gone from a complete listing
  std::vector<ItemProblem> problems{};
  std::optional<std::string> failure{};  ///< why the search as a whole brought nothing

  static constexpr auto fields() {
    return std::tuple{
      field("source", &SourceReport::source),     field("kind", &SourceReport::kind),
      field("fetched", &SourceReport::fetched),   field("inserted", &SourceReport::inserted),
      field("updated", &SourceReport::updated),   field("unchanged", &SourceReport::unchanged),
      field("merged", &SourceReport::merged),     field("expired", &SourceReport::expired),
      field("problems", &SourceReport::problems), field("failure", &SourceReport::failure)};
  }
};

/// What a refresh did, search by search.
struct RefreshReport {
  static constexpr auto type_name = "RefreshReport";
  std::vector<SourceReport> sources{};
  std::int64_t expired = 0;  ///< by deadline or age, whatever their source

  static constexpr auto fields() {
    return std::tuple{field("sources", &RefreshReport::sources),
                      field("expired", &RefreshReport::expired)};
  }
};

/// Asks to keep a search. Which fields it needs depends on `kind`: adzuna `query` and `country`,
/// feed `url`, greenhouse and lever `board`.
struct CreateSearch {
  static constexpr auto type_name = "CreateSearch";
  SearchKind kind = SearchKind::adzuna;
  std::string name{};
  std::string query{};
  std::string location{};
  std::string country{};  ///< adzuna: lower-case country code
  std::string url{};
  std::string board{};

  static constexpr auto fields() {
    return std::tuple{field("kind", &CreateSearch::kind),
                      optional_field("name", &CreateSearch::name, {.max_length = 120}),
                      optional_field("query", &CreateSearch::query, {.max_length = 300}),
                      optional_field("location", &CreateSearch::location, {.max_length = 200}),
                      optional_field("country", &CreateSearch::country, {.max_length = 2}),
                      optional_field("url", &CreateSearch::url, {.max_length = 2000}),
                      optional_field("board", &CreateSearch::board, {.max_length = 100})};
  }
};

/// Asks for the caller's saved searches.
struct ListSearches {
  static constexpr auto type_name = "ListSearches";
  std::optional<std::string> cursor{};
  std::int64_t limit = 50;

  static constexpr auto fields() {
    return std::tuple{field("cursor", &ListSearches::cursor, {.max_length = 200}),
                      optional_field("limit", &ListSearches::limit, {.min = 1, .max = 200})};
  }
};

/// Saved searches, oldest first.
struct SearchPage {
  static constexpr auto type_name = "SearchPage";
  std::vector<SavedSearch> items{};
  std::optional<std::string> next{};

  static constexpr auto fields() {
    return std::tuple{field("items", &SearchPage::items), field("next", &SearchPage::next)};
  }
};

/// Asks to forget a saved search; the postings it brought stay.
struct DeleteSearch {
  static constexpr auto type_name = "DeleteSearch";
  SearchId id{};

  static constexpr auto fields() { return std::tuple{field("id", &DeleteSearch::id)}; }
};

}  // namespace jobraker
