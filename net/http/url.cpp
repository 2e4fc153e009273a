#include "net/http/url.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include <boost/asio/ip/address_v6.hpp>

namespace jobraker::net {
namespace {

constexpr char hex_digits[] = "0123456789ABCDEF";

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void append_escaped(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  out.push_back('%');
  out.push_back(hex_digits[byte >> 4]);
  out.push_back(hex_digits[byte & 15]);
}

/// Escapes what may not stand in a target, and leaves escapes alone (WHATWG URL §4.1 does as much).
std::string clean_target(std::string_view target) {
  std::string out;
  out.reserve(target.size());
  for (char c : target) {
    const bool fine = static_cast<unsigned char>(c) > 0x20 &&
                      static_cast<unsigned char>(c) < 0x7F &&
                      std::string_view{"\"<>\\^`{|}"}.find(c) == std::string_view::npos;
    if (fine)
      out.push_back(c);
    else
      append_escaped(out, c);
  }
  return out;
}

Result<std::string> read_host(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    const std::string inside{text.substr(1, text.size() - 2)};
    boost::system::error_code failed;
    const auto address = asio::ip::make_address_v6(inside, failed);
    if (failed || inside.find('%') != std::string::npos)
      return fail(Errc::malformed, "the URL's IPv6 address is broken");
    return address.to_string();
  }
  std::string host{text};
  std::transform(host.begin(), host.end(), host.begin(), to_lower);
  if (host.empty() || host.size() > 253)
    return fail(Errc::malformed, "the URL has no host, or one that is too long");
  for (char c : host) {
    if (!is_unreserved(c) || c == '~')
      return fail(Errc::malformed, "the URL's host has a character that host names cannot have");
  }
  return host;
}

/// RFC 3986 §5.2.4.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool open = false;  // ends in a slash
  for (std::size_t at = 1; at <= path.size();) {
    const auto slash = std::min(path.find('/', at), path.size());
    const auto segment = path.substr(at, slash - at);
    open = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty())
      kept.pop_back();
    if (!open)
      kept.push_back(segment);
    at = slash + 1;
  }
  std::string out;
  for (auto segment : kept)
    out.append("/").append(segment);
  if (open || out.empty())
    out.push_back('/');
  return out;
}

bool is_secret(std::string_view name) {
  constexpr std::string_view names[] = {"app_key", "app_id",        "api_key",       "apikey",
                                        "api-key", "key",           "token",         "access_token",
                                        "secret",  "refresh_token", "client_secret", "password",
                                        "sig",     "signature",     "ticket"};
  const auto plain = percent_decode(name, true).value_or(std::string{name});
  return std::any_of(std::begin(names), std::end(names),
                     [&](std::string_view known) { return same_token(known, plain); });
}

}  // namespace

std::string Url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (secure() ? 443 : 80))
    out.append(":").append(std::to_string(port));
  return out;
}

std::string Url::origin() const { return scheme + "://" + authority(); }

Result<Url> parse_url(std::string_view text) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F)
      return fail(Errc::malformed, "the URL has a blank or control character");
  }
  const auto colon = text.find("://");
  Url url;
  if (colon != std::string_view::npos) {
    url.scheme.assign(text.substr(0, colon));
    std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(), to_lower);
  }
  if (url.scheme != "http" && url.scheme != "https")
    return fail(Errc::malformed, "the URL does not begin with http:// or https://");
  auto rest = text.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto end = std::min(rest.find_first_of("/?\\"), rest.size());
  auto authority = rest.substr(0, end);
  if (authority.find('@') != std::string_view::npos)
    return fail(Errc::malformed, "the URL carries a user name or password");
  auto port_at = authority.rfind(':');
  if (port_at != std::string_view::npos && authority.find(']', port_at) != std::string_view::npos)
    port_at = std::string_view::npos;  // a colon inside [IPv6]
  url.port = url.secure() ? 443 : 80;
  if (port_at != std::string_view::npos) {
    const auto digits = authority.substr(port_at + 1);
    if (!digits.empty()) {  // RFC 3986 §3.2.3: an empty port is the default one
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
      if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || url.port == 0)
        return fail(Errc::malformed, "the URL's port is not a number from 1 to 65535");
    }
    authority = authority.substr(0, port_at);
  }
  auto host = read_host(authority);
  if (!host)
    return fail(std::move(host.error()));
  url.host = std::move(*host);
  url.target = clean_target(rest.substr(end));
  if (url.target.empty() || url.target.front() != '/')
    url.target.insert(url.target.begin(), '/');
  return url;
}

Result<Url> resolve_url(const Url& base, std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  const auto colon = reference.find(':');
  if (colon != std::string_view::npos && colon < reference.find_first_of("/?"))
    return parse_url(reference);
  if (reference.starts_with("//"))
    return parse_url(base.scheme + ":" + std::string{reference});
  Url url = base;
  if (reference.empty())
    return url;
  const std::string_view base_path = std::string_view{base.target}.substr(0, base.target.find('?'));
  std::string merged;
  if (reference.front() == '?')
    merged.append(base_path);
  else if (reference.front() != '/')
    merged.append(base_path.substr(0, base_path.rfind('/') + 1));
  merged.append(reference);
  const auto question = merged.find('?');
  url.target = without_dots(std::string_view{merged}.substr(0, question));
  if (question != std::string::npos)
    url.target.append(merged, question);
  url.target = clean_target(url.target);
  return url;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (is_unreserved(c))
      out.push_back(c);
    else
      append_escaped(out, c);
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return std::nullopt;
      out.push_back(static_cast<char>(high << 4 | low));
      i += 2;
    } else {
      out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

std::string query_string(const Parameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty())
      out.push_back('&');
    out.append(percent_encode(name)).append("=").append(percent_encode(value));
  }
  return out;
}

Parameters parse_query(std::string_view query) {
  Parameters out;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty())
      continue;
    const auto equal = std::min(pair.find('='), pair.size());
    const auto name = pair.substr(0, equal);
    const auto value = equal < pair.size() ? pair.substr(equal + 1) : std::string_view{};
    out.emplace_back(percent_decode(name, true).value_or(std::string{name}),
                     percent_decode(value, true).value_or(std::string{value}));
  }
  return out;
}

std::string redacted(std::string_view url) {
  std::string out;
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    const auto start = scheme + 3;
    const auto end = std::min(url.find_first_of("/?#", start), url.size());
    const auto at = url.substr(start, end - start).rfind('@');
    out.append(url.substr(0, start));
    url.remove_prefix(at == std::string_view::npos ? start : start + at + 1);
  }
  const auto question = url.find('?');
  out.append(url.substr(0, question));
  if (question == std::string_view::npos)
    return out;
  url.remove_prefix(question);
  while (!url.empty()) {  // each turn takes one delimiter and the pair behind it
    const auto end = std::min(url.find_first_of("&#;", 1), url.size());
    const auto pair = url.substr(1, end - 1);
    const auto equal = pair.find('=');
    out.push_back(url.front());
    if (equal != std::string_view::npos && is_secret(pair.substr(0, equal)))
      out.append(pair.substr(0, equal + 1)).append("***");
    else
      out.append(pair);
    url.remove_prefix(end);
  }
  return out;
}

}  // namespace jobraker::net
