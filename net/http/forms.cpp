#include "net/http/forms.hpp"

#include <algorithm>

#include "net/http/url.hpp"

namespace jobraker::net {
namespace {

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

std::string_view take_token(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_token_char(text[end]))
    ++end;
  const auto token = text.substr(0, end);
  text.remove_prefix(end);
  return token;
}

/// Reads `"…"`. A backslash escapes a quote or a backslash only: browsers send file names such as
/// `C:\cv.pdf` bare, and RFC 7578 §2 has them write a quote as %22, which is left as it is.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return out;
    }
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\'))
      ++i;
    out.push_back(text[i]);
  }
  return std::nullopt;
}

/// RFC 8187: charset'language'escaped. UTF-8 and ISO-8859-1 are the charsets it ever had.
std::optional<std::string> decode_extended(std::string_view text) {
  const auto first = text.find('\'');
  const auto second = first == std::string_view::npos ? first : text.find('\'', first + 1);
  if (second == std::string_view::npos)
    return std::nullopt;
  const auto charset = text.substr(0, first);
  auto bytes = percent_decode(text.substr(second + 1));
  if (!bytes)
    return std::nullopt;
  if (same_token(charset, "utf-8"))
    return is_utf8(*bytes) ? bytes : std::nullopt;
  if (!same_token(charset, "iso-8859-1"))
    return std::nullopt;
  std::string out;
  for (char c : *bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out.push_back(c);
    } else {
      out.push_back(static_cast<char>(0xC0 | byte >> 6));
      out.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
  }
  return out;
}

Result<std::string> decode_field(std::string_view text, std::size_t offset,
                                 const FormLimits& limits) {
  if (auto decoded = percent_decode(text, true);
      decoded && decoded->find('\0') == std::string::npos) {
    if (decoded->size() > limits.part_max)
      return fail(Errc::too_large,
                  "a form field is longer than " + std::to_string(limits.part_max) + " bytes");
    return std::move(*decoded);
  }
  // The first thing wrong: an escape that is none, or one that means NUL.
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '\0')
      break;
    if (text[at] != '%')
      continue;
    const auto piece = percent_decode(text.substr(at, 3));
    if (!piece || piece->front() == '\0')
      break;
  }
  return fail(Errc::malformed,
              "the form has a broken escape at byte " + std::to_string(offset + at));
}

}  // namespace

const FormPart* find(const Form& form, std::string_view name) noexcept {
  const auto at =
    std::find_if(form.begin(), form.end(), [&](const auto& part) { return part.name == name; });
  return at == form.end() ? nullptr : &*at;
}

std::optional<HeaderValue> parse_header_value(std::string_view text) {
  HeaderValue out;
  text = trimmed(text);
  const auto semicolon = std::min(text.find(';'), text.size());
  out.token = lower(trimmed(text.substr(0, semicolon)));
  if (out.token.empty() || !std::all_of(out.token.begin(), out.token.end(),
                                        [](char c) { return is_token_char(c) || c == '/'; }))
    return std::nullopt;
  text.remove_prefix(semicolon);
  while (!text.empty()) {
    if (text.front() != ';')
      return std::nullopt;
    text = trimmed(text.substr(1));
    if (text.empty() || text.front() == ';')
      continue;  // an empty parameter (RFC 9110 §5.6.6)
    auto name = lower(take_token(text));
    text = trimmed(text);
    if (name.empty() || text.empty() || text.front() != '=')
      return std::nullopt;
    text = trimmed(text.substr(1));
    std::string value;
    if (!text.empty() && text.front() == '"') {
      auto quoted = take_quoted(text);
      if (!quoted)
        return std::nullopt;
      value = std::move(*quoted);
    } else {  // more than tokens: some clients leave out the quotes of names
      const auto end = std::min(text.find(';'), text.size());
      value.assign(trimmed(text.substr(0, end)));
      text.remove_prefix(end);
    }
    text = trimmed(text);
    if (name.ends_with('*')) {
      name.pop_back();
      if (auto decoded = decode_extended(value))
        out.parameters.insert(out.parameters.begin(), {std::move(name), std::move(*decoded)});
      continue;  // one that cannot be read leaves the plain parameter to count (RFC 8187 §4.2)
    }
    out.parameters.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

Result<std::string> multipart_boundary(std::string_view content_type) {
  const auto semicolon = content_type.substr(0, content_type.find(';'));
  if (!same_token(trimmed(semicolon), "multipart/form-data"))
    return fail(Errc::unsupported_media, "a multipart/form-data body is wanted");
  const auto value = parse_header_value(content_type);
  if (!value)
    return fail(Errc::malformed, "the Content-Type cannot be read");
  const auto boundary = find(value->parameters, "boundary");
  if (!boundary)
    return fail(Errc::malformed, "the Content-Type names no boundary");
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
           std::string_view{"'()+_,-./:=? *!#$%&^`|~{}"}.find(c) != std::string_view::npos;
  };
  if (boundary->empty() || boundary->size() > 70 || boundary->back() == ' ' ||
      !std::all_of(boundary->begin(), boundary->end(), allowed))
    return fail(Errc::malformed, "the boundary is empty, too long or has characters it cannot");
  return std::string{*boundary};
}

Result<Parameters> parse_urlencoded(std::string_view body, const FormLimits& limits) {
  Parameters out;
  for (std::size_t at = 0; at < body.size();) {
    const auto end = std::min(body.find('&', at), body.size());
    const auto pair = body.substr(at, end - at);
    if (!pair.empty()) {
      if (out.size() == limits.parts_max)
        return fail(Errc::too_large,
                    "the form has more than " + std::to_string(limits.parts_max) + " fields");
      const auto equal = std::min(pair.find('='), pair.size());
      auto name = decode_field(pair.substr(0, equal), at, limits);
      if (!name)
        return fail(std::move(name.error()));
      if (name->size() > limits.name_max)
        return fail(Errc::too_large, "the form has a name longer than " +
                                       std::to_string(limits.name_max) + " bytes");
      const auto from = std::min(equal + 1, pair.size());
      auto value = decode_field(pair.substr(from), at + from, limits);
      if (!value)
        return fail(std::move(value.error()));
      out.emplace_back(std::move(*name), std::move(*value));
    }
    at = end + 1;
  }
  return out;
}

Result<Form> parse_form(const Request& request, const FormLimits& limits) {
  const auto type = request.media_type();
  if (type == "multipart/form-data") {
    const auto boundary = multipart_boundary(request.headers.value("content-type"));
    if (!boundary)
      return fail(boundary.error());
    return parse_multipart(request.body, *boundary, limits);
  }
  if (type != "application/x-www-form-urlencoded")
    return fail(Errc::unsupported_media,
                "a form is wanted: multipart/form-data or application/x-www-form-urlencoded");
  auto fields = parse_urlencoded(request.body, limits);
  if (!fields)
    return fail(std::move(fields.error()));
  Form form;
  for (auto& [name, value] : *fields)
    form.push_back(FormPart{std::move(name), std::nullopt, {}, std::move(value)});
  return form;
}

}  // namespace jobraker::net
