#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http/message.hpp"

namespace jobraker::net {

/// What a browser's script of `origin` is told: `*`, the origin itself, or nothing (empty).
std::string_view allowed_origin(const std::vector<std::string>& origins,
                                std::string_view origin) noexcept;

/// Adds the fields that let a script read the response (WHATWG Fetch §3.3). Nothing when no origin
/// is configured.
void add_cors(const std::vector<std::string>& origins, const Request& request, Response& response);

/// The answer to a preflight request for a path that has the methods of `allow`.
Response preflight(std::string_view allow);

}  // namespace jobraker::net
