#pragma once

#include <string_view>

#include "actors/jobs/core/raw_posting.hpp"

namespace jobraker {

/// Reads RSS 0.9x/2.0, RSS 1.0 (RDF), Atom 0.3/1.0 and CDF; also what calls itself that and is not
/// well formed: then every item is read on its own, and one that cannot be is a problem of its own.
/// Charsets by BOM, HTTP header, declaration, else UTF-8, else Windows-1252. No DTD, no external
/// entity, no network. `source.board` is the feed's address.
/// Errc::too_large over `source.bytes_max`; Errc::malformed when it is no feed at all.
Result<Listing> read_feed(std::string_view body, const SourceInfo& source);

}  // namespace jobraker
