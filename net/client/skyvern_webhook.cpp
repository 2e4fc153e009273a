#include "net/client/skyvern_webhook.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace jobraker::net {
namespace {

constexpr std::size_t escape_size = 6;  ///< of `\uXXXX`
constexpr std::string_view replacement = "\\ufffd";

/// The code unit of the escape at `at`; nothing when there is no such escape.
std::optional<unsigned> unit_at(std::string_view text, std::size_t at) {
  unsigned unit = 0;
  auto escape = text.substr(std::min(at, text.size()), escape_size);
  if (escape.size() < escape_size || !escape.starts_with("\\u"))
    return std::nullopt;
  auto [end, error] = std::from_chars(escape.data() + 2, escape.data() + escape_size, unit, 16);
  if (error != std::errc{} || end != escape.data() + escape_size)
    return std::nullopt;
  return unit;
}

bool is_high(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }

std::string mended(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::size_t size = text[at] == '\\' ? 2 : 1;
    std::string_view piece = text.substr(at, size);
    if (auto unit = unit_at(text, at)) {
      size = escape_size;
      auto next = unit_at(text, at + size);
      if (is_high(*unit) && next && is_low(*next))
        size *= 2;
      bool whole = size > escape_size || !(is_high(*unit) || is_low(*unit) || *unit == 0);
      piece = whole ? text.substr(at, size) : replacement;
    }
    out += piece;
    at += size;
  }
  return out;
}

}  // namespace

Result<json::Document> read_skyvern_json(std::string_view text) {
  auto document = json::Document::parse(text);
  if (document || text.find("\\u") == std::string_view::npos)
    return document;
  return json::Document::parse(mended(text));
}

Result<SkyvernRun> read_skyvern_webhook(std::string_view body) {
  auto document = read_skyvern_json(body);
  if (!document)
    return fail(std::move(document.error()));
  return parse_run(document->root());
}

}  // namespace jobraker::net
