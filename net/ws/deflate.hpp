#pragma once

#include <optional>
#include <string>
#include <string_view>

/// permessage-deflate (RFC 7692) without context takeover in either direction: each message stands
/// by itself, so that one compressor per thread serves every connection and a connection costs
/// nothing for it.
namespace jobraker::net {

/// The answer to a value of Sec-WebSocket-Extensions: the first acceptable offer's, or empty.
std::string agree_on_deflate(std::string_view offers);

/// Compresses one message; the result lacks the trailing 00 00 FF FF.
std::string deflate_message(std::string_view message);

/// Undoes it. Nullopt when the bytes are broken or more than `size_max` come out; `too_large` tells
/// which.
std::optional<std::string> inflate_message(std::string message, std::size_t size_max,
                                           bool& too_large);

}  // namespace jobraker::net
