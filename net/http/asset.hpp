#pragma once

#include <span>
#include <string_view>

namespace jobraker::net {

/// A file of a web page, held in the program's memory for as long as it runs.
struct Asset {
  std::string_view path{};  ///< where it is served: `/`, `/console`, `/assets/app-x1y2.js`
  std::string_view content_type{};
  std::string_view etag{};  ///< of the bytes, without quotes
  std::string_view bytes{};
  std::string_view gzip{};  ///< the same bytes compressed (RFC 1952); empty: not worth it
  bool immutable = false;   ///< the path changes with the bytes: may be kept for a year
};

/// All that is served; no path twice.
using Assets = std::span<const Asset>;

}  // namespace jobraker::net
