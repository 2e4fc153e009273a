#include "storage/job_search.hpp"

#include <algorithm>
#include <array>

#include <sodium.h>

#include "storage/job_row.hpp"

namespace jobraker::storage {
namespace {

constexpr std::size_t limit_max = 200;

/// What a list is ordered by, as the statement's SQL and the type a cursor's value is compared as.
struct Order {
  const char* key;
  const char* type;
};
constexpr Order orders[] = {
  {"j.listed_at", "timestamptz"},
  {"coalesce(j.salary_max, j.salary_min, 0)", "bigint"},
  {"ts_rank(j.search, websearch_to_tsquery('english', $1) || websearch_to_tsquery('simple', $1))",
   "real"},
};

/// Filters that only thin out are `$n IS NULL OR`; what decides about an index (words, status,
/// order, the place to go on from) makes a statement of its own, because a generic plan must suit
/// all values.
std::string statement(bool words, bool inactive, JobSort sort, bool goes_on) {
  const auto& order = orders[static_cast<std::size_t>(sort)];
  std::string key = order.key;
  std::string sql = "SELECT " JOB_COLUMNS ", (" + key + ")::text FROM jobs j WHERE ";
  sql += inactive ? "j.status <> 'merged'" : "j.status = 'active'";
  // Words are looked for as English, so that "developers" finds "developer", and as they are, for
  // names.
  sql += words ? " AND j.search @@ (websearch_to_tsquery('english', $1) || "
                 "websearch_to_tsquery('simple', $1))"
               : " AND $1::text IS NULL";
  sql += " AND ($2::text IS NULL OR concat_ws(', ', j.location, j.city, j.region) ILIKE $2)"
         " AND ($3::text IS NULL OR j.country = $3)"
         " AND ($4::boolean IS NULL OR (j.workplace = 'remote') = $4)"
         " AND ($5::bigint IS NULL OR coalesce(j.salary_max, j.salary_min) >= $5)"
         " AND ($6::timestamptz IS NULL OR j.listed_at >= $6)"
         " AND ($7::text IS NULL OR j.company ILIKE $7)";
  if (goes_on)
    sql += " AND (" + key + ", j.id) < ($9::" + order.type + ", $10::uuid)";
  return sql + " ORDER BY " + key + " DESC, j.id DESC LIMIT $8";
}

/// All of them, made once: they are keys of prepared statements and must stay where they are.
std::string_view find_statement(bool words, bool inactive, JobSort sort, bool goes_on) {
  static const auto all = [] {
    std::array<std::string, 24> list;
    for (std::size_t i = 0; i < list.size(); ++i)
      list[i] = statement(i & 1, i & 2, static_cast<JobSort>(i / 8), i & 4);
    return list;
  }();
  return all[(words ? 1u : 0u) + (inactive ? 2u : 0u) + (goes_on ? 4u : 0u) +
             8u * static_cast<std::size_t>(sort)];
}

std::optional<std::string> contains(std::string_view text) {
  if (text.empty())
    return std::nullopt;
  std::string pattern = "%";
  for (char c : text) {
    if (c == '%' || c == '_' || c == '\\')
      pattern.push_back('\\');
    pattern.push_back(c);
  }
  pattern.push_back('%');
  return pattern;
}

std::optional<std::string> filled(std::string text) {
  if (text.empty())
    return std::nullopt;
  return text;
}

/// The place after which a page begins: the last posting's value in the order, and its id.
struct Place {
  std::string key;
  JobId id{};
};

constexpr auto base64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::string to_cursor(JobSort sort, const Place& place) {
  auto text = std::string{name_of(sort).substr(0, 1)} + to_string(place.id) + place.key;
  std::string cursor(sodium_base64_encoded_len(text.size(), base64), '\0');
  sodium_bin2base64(cursor.data(), cursor.size(),
                    reinterpret_cast<const unsigned char*>(text.data()), text.size(), base64);
  cursor.pop_back();  // the terminating NUL
  return cursor;
}

std::optional<Place> from_cursor(JobSort sort, const std::string& cursor) {
  std::string text(cursor.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(text.data()), text.size(), cursor.data(),
                        cursor.size(), nullptr, &size, nullptr, base64) != 0 ||
      size < 38 || text.front() != name_of(sort).front())
    return std::nullopt;
  auto id = JobId::parse(std::string_view{text}.substr(1, 36));
  if (!id)
    return std::nullopt;
  return Place{text.substr(37, size - 37), *id};
}

}  // namespace

task<Result<JobPage>> list_jobs(Session& session, JobFilter filter, std::string cursor,
                                std::size_t limit, Time now) {
  auto sort =
    filter.q.empty() && filter.sort == JobSort::relevance ? JobSort::posted_at : filter.sort;
  limit = std::clamp<std::size_t>(limit, 1, limit_max);
  for (char& c : filter.country)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  std::optional<Time> since;
  if (filter.posted_within_days)
    since = now - std::chrono::days{*filter.posted_within_days};
  Params params{filled(filter.q),         contains(filter.location),
                filled(filter.country),   filter.remote,
                filter.salary_min,        since,
                contains(filter.company), limit + 1};
  if (!cursor.empty()) {
    auto place = from_cursor(sort, cursor);
    if (!place)
      co_return fail(Errc::invalid, "the cursor is not one of this list");
    params.add(place->key).add(place->id);
  }
  auto sql = find_statement(!filter.q.empty(), filter.include_inactive, sort, !cursor.empty());
  auto rows = co_await session.query(sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  JobPage page;
  for (std::size_t i = 0; i < std::min(rows->size(), limit); ++i)
    page.items.push_back(to_job((*rows)[i]));
  if (rows->size() > limit)
    page.next =
      to_cursor(sort, {(*rows)[limit - 1].get<std::string>(job_columns), page.items.back().id});
  co_return page;
}

}  // namespace jobraker::storage
