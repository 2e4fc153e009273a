#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "net/http/message.hpp"

namespace jobraker::sandbox {

/// What a caller wants a run to do.
struct RunOrder {
  std::string prompt, url, title, engine, webhook_url;
  std::optional<std::int64_t> max_steps;
  std::string schema;  ///< `data_extraction_schema` as JSON; empty: none
  std::vector<std::pair<std::string, std::string>> error_codes;
  std::string request;  ///< the whole body, for `run_request`
};

/// Reads the body of `POST /v1/run/tasks` by Skyvern's rules, or gives its refusal: 422 as FastAPI
/// words it, 400 for hosts that are blocked. `loopback`: this machine's own addresses are allowed,
/// as with ALLOWED_HOSTS of a server of one's own. Names are not resolved.
tl::expected<RunOrder, net::Response> read_run_order(std::string_view body, bool loopback);

/// Why Skyvern would not go to this address: its answer, 400 or 422.
std::optional<net::Response> refuse_address(std::string_view url, std::string_view member,
                                            bool loopback);

/// Whether a host is this machine.
bool is_loopback_host(std::string_view host);

/// Whether a path is one of Skyvern's, or of the pages its agent visits.
bool is_skyvern(std::string_view path);

/// `{"detail":"…"}`
net::Response skyvern_error(int status, std::string_view detail);

}  // namespace jobraker::sandbox
