#pragma once

#include <string>
#include <string_view>

#include "actors/jobs/core/raw_posting.hpp"

namespace jobraker {

/// The address of a whole board with contents and pay (Greenhouse Job Board API v1).
/// Errc::invalid when the token is not letters, digits, `-` and `_`.
Result<std::string> greenhouse_url(std::string_view base_url, std::string_view token);

/// Reads `GET /v1/boards/{token}/jobs?content=true&pay_transparency=true`, or one job of it;
/// `source.board` is the token. Prospect posts (no internal job) are left out.
/// Errc::not_found for the error body of an unknown token, Errc::malformed for anything else.
Result<Listing> read_greenhouse(std::string_view body, const SourceInfo& source);

}  // namespace jobraker
