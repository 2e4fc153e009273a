#pragma once

#include <string>
#include <string_view>

namespace jobraker {

/// The charset parameter of a Content-Type value (RFC 9110 §8.3), lower case; empty without one.
std::string charset_of(std::string_view content_type);

/// An XML or HTML body as UTF-8: by byte order mark, else `http_charset`, else the XML declaration,
/// else UTF-8; where that does not decode, UTF-8 and then Windows-1252, which always does.
/// Control characters that XML forbids (NUL among them) are dropped.
std::string xml_to_utf8(std::string_view body, std::string_view http_charset);

}  // namespace jobraker
