#pragma once

#include <span>
#include <string>
#include <string_view>

#include "actors/jobs/core/raw_posting.hpp"

namespace jobraker {

/// One call of `GET /jobs/{country}/search/{page}` (Adzuna API description v1).
struct AdzunaQuery {
  std::string country;   ///< lower-case code out of `adzuna_countries()`
  std::string what{};    ///< words that must occur
  std::string where{};   ///< place or postcode
  int page = 1;          ///< from 1
  int per_page = 50;     ///< 50 is the effective maximum
  int max_days_old = 0;  ///< 0: any age
};

/// The 19 countries that Adzuna serves.
std::span<const std::string_view> adzuna_countries();

/// ISO 4217 of an Adzuna country's salaries, empty for other countries. Adzuna has no currency
/// field.
std::string_view adzuna_currency(std::string_view country);

/// The address of a search, newest first. It holds the key: pass it to the client, log `redacted`
/// of it. Errc::invalid when the country is not served or the page is not positive.
Result<std::string> adzuna_search_url(std::string_view base_url, const AdzunaQuery& query,
                                      std::string_view app_id, std::string_view app_key);

/// The same address with the values of `app_id` and `app_key` replaced by `***`.
std::string redacted(std::string_view url);

/// Reads a search response; `source.board` is the country. Errc::malformed when it is not one.
Result<Listing> read_adzuna(std::string_view body, const SourceInfo& source,
                            const AdzunaQuery& query);

/// What a status other than 200 means. 401, 403, 410 and AUTH_FAIL: upstream_failed with a sentence
/// about the key; 429: rate_limited; 400: upstream_failed with Adzuna's words; 404: not_found;
/// everything else: upstream_failed. The body may be JSON or anything.
Error adzuna_error(int status, std::string_view body);

}  // namespace jobraker
