#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/result.hpp"
#include "net/http/message.hpp"

namespace jobraker::net {

/// An absolute http or https URL (RFC 3986) without user information; a fragment is dropped.
struct Url {
  std::string scheme;      ///< `http` or `https`
  std::string host;        ///< lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;  ///< the scheme's own when the URL has none
  std::string target;      ///< path and query as sent, at least `/`

  bool operator==(const Url&) const = default;
  bool secure() const noexcept { return scheme == "https"; }
  /// `host` or `host:port`, as the Host header wants it.
  std::string authority() const;
  /// `scheme://authority`.
  std::string origin() const;
  std::string text() const { return origin() + target; }
};

/// Reads an absolute URL. Errc::malformed with the reason: another scheme, user information, a
/// host with characters outside ASCII letters, digits, `-`, `.`, `_` (give it in its IDNA form), a
/// broken port, blanks or control characters. Characters that must be escaped in a target are.
Result<Url> parse_url(std::string_view text);

/// Where a `Location` leads from `base` (RFC 3986 §5.2).
Result<Url> resolve_url(const Url& base, std::string_view reference);

/// Escapes all but RFC 3986's unreserved characters.
std::string percent_encode(std::string_view text);
/// Undoes escapes; nullopt when one is broken. `plus_is_space` as in forms and queries.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

/// `a=1&b=x%20y`, escaped; without a question mark.
std::string query_string(const Parameters& parameters);
/// Takes a query apart; broken escapes are kept as they are (WHATWG URL §5.1).
Parameters parse_query(std::string_view query);

/// A URL or target fit for a log: user information removed, the values of app_key, app_id, api_key,
/// apikey, key, token, access_token, secret, password, signature and ticket replaced by `***`.
std::string redacted(std::string_view url);

}  // namespace jobraker::net
