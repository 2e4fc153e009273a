#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jobraker::net {

/// Whether `signature` (the header `x-skyvern-signature`) is the HMAC-SHA256 of the body, exactly
/// as received, with one of the keys: 64 hexadecimal digits, as Skyvern writes them in lower case;
/// upper case is the same number and accepted. Empty keys never match. The time it takes depends on
/// the lengths and on the number of keys only. There is no replay protection in it: the time stamp
/// that comes along is not signed, so deduplicate by run and status.
bool verify_skyvern_signature(std::string_view body, std::string_view signature,
                              const std::vector<std::string>& keys);

}  // namespace jobraker::net
