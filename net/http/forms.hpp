#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/result.hpp"
#include "net/http/message.hpp"

namespace jobraker::net {

/// Bounds of a form; beyond them Errc::too_large.
struct FormLimits {
  std::size_t parts_max = 100;
  std::size_t part_header_max = 8 << 10;  ///< bytes of one part's header fields
  std::size_t part_max = 16 << 20;        ///< bytes of one part's content
  std::size_t name_max = 1 << 10;         ///< bytes of a field's name or of a file name
};

/// One field of a form.
struct FormPart {
  std::string name;
  std::optional<std::string> filename{};  ///< as sent: never a path to write to
  std::string content_type{};             ///< as sent; empty when the part does not say
  std::string data;                       ///< content, transfer encoding undone
};

/// The parts of a form in order.
using Form = std::vector<FormPart>;

/// The first part of that name, or null.
const FormPart* find(const Form& form, std::string_view name) noexcept;

/// A header value such as `form-data; name="a"; filename*=UTF-8''b` taken apart: the first token in
/// lower case and the parameters, names in lower case, quoted strings unquoted, `name*` decoded
/// (RFC 8187) and given without the star, before a plain one of that name. nullopt when broken.
struct HeaderValue {
  std::string token;
  Parameters parameters;
};
std::optional<HeaderValue> parse_header_value(std::string_view text);

/// The boundary named by a Content-Type of multipart/form-data: Errc::unsupported_media when it is
/// another type, Errc::malformed when there is no boundary or one RFC 2046 §5.1.1 does not allow.
Result<std::string> multipart_boundary(std::string_view content_type);

/// Reads a multipart/form-data body (RFC 7578, RFC 2046 §5.1). A preamble is skipped unless it
/// looks like a delimiter line, an epilogue always; lines end in CRLF. base64 and quoted-printable
/// transfer encodings are undone although RFC 7578 §4.7 has retired them. Errors name the byte
/// offset where reading stopped: Errc::malformed (also when the final boundary is missing),
/// Errc::too_large.
Result<Form> parse_multipart(std::string_view body, std::string_view boundary,
                             const FormLimits& limits = {});

/// Reads application/x-www-form-urlencoded (WHATWG URL §5.1): `+` is a space. Errc::malformed with
/// the offset of a broken escape or a NUL, Errc::too_large for too many or too long fields.
Result<Parameters> parse_urlencoded(std::string_view body, const FormLimits& limits = {});

/// The form in a request, by its Content-Type, one of the two; Errc::unsupported_media otherwise.
Result<Form> parse_form(const Request& request, const FormLimits& limits = {});

}  // namespace jobraker::net
