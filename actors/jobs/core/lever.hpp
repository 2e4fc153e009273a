#pragma once

#include <string>
#include <string_view>

#include "actors/jobs/core/raw_posting.hpp"

namespace jobraker {

/// Postings asked for in one call.
inline constexpr int lever_page_size = 100;

/// The address of one page of a site's postings (Lever Postings API v0).
/// Errc::invalid when the site is not letters, digits, `-`, `_` and `.`.
Result<std::string> lever_url(std::string_view base_url, std::string_view site, std::int64_t skip);

/// Reads `GET /v0/postings/{site}?mode=json`, fetched with this `skip`; `source.board` is the site.
/// A full page sets `next_skip`; a listing is complete only when it began at 0 and was not full,
/// otherwise the caller joins the pages. Errc::not_found for the error body of an unknown site.
Result<Listing> read_lever(std::string_view body, const SourceInfo& source, std::int64_t skip = 0);

}  // namespace jobraker
