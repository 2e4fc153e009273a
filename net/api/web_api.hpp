#pragma once

#include "net/http/asset.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// Serves the pages: each asset at its path, for everybody. Pages are asked for anew each time
/// (ETag), what carries its hash in its name is kept by browsers; gzip for who accepts it. The
/// bytes must outlive the router's server.
void add_web_routes(Router& router, Assets assets);

/// Whether a client with this Accept-Encoding wants gzip (RFC 9110 §12.5.3).
bool accepts_gzip(std::string_view accept_encoding) noexcept;

}  // namespace jobraker::net
