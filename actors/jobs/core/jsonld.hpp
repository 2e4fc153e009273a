#pragma once

#include <string_view>

#include "actors/jobs/core/raw_posting.hpp"

namespace jobraker {

/// Reads the schema.org JobPosting objects in the `application/ld+json` scripts of an HTML page,
/// whatever of the usual shapes they have (arrays, `@graph`, strings for objects, strings for
/// numbers, trailing commas, raw newlines, comment wrappers). `source.board` is the page's address.
/// Errc::unprocessable when the page holds none.
Result<Listing> read_jsonld(std::string_view html, const SourceInfo& source);

}  // namespace jobraker
