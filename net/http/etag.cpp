#include "net/http/etag.hpp"

#include <algorithm>

namespace jobraker::net {
namespace {

/// A character of an opaque tag (RFC 9110 §8.8.3: etagc).
bool is_tag_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7F);
}

Result<EntityTag> parse_one(std::string_view text) {
  auto parsed = parse_entity_tags(text);
  if (!parsed || parsed->tags.size() != 1)
    return fail(Errc::malformed, "not one entity tag");
  return std::move(parsed->tags.front());
}

}  // namespace

std::string etag_of(std::int64_t version) { return "\"v" + std::to_string(version) + "\""; }

Result<EntityTags> parse_entity_tags(std::string_view text) {
  const auto broken = [] {
    return fail(Errc::malformed, "If-Match and If-None-Match want * or tags in double quotes");
  };
  EntityTags out;
  text = trimmed(text);
  if (text == "*") {
    out.any = true;
    return out;
  }
  bool separated = true;
  while (!text.empty()) {
    if (text.front() == ',') {  // empty list elements count for nothing (RFC 9110 §5.6.1.2)
      separated = true;
      text = trimmed(text.substr(1));
      continue;
    }
    EntityTag tag;
    tag.weak = text.starts_with("W/");
    if (tag.weak)
      text.remove_prefix(2);
    const auto end = text.find('"', 1);
    if (!separated || text.empty() || text.front() != '"' || end == std::string_view::npos)
      return broken();
    tag.opaque.assign(text.substr(1, end - 1));
    if (!std::all_of(tag.opaque.begin(), tag.opaque.end(), is_tag_char))
      return broken();
    out.tags.push_back(std::move(tag));
    text = trimmed(text.substr(end + 1));
    separated = false;
  }
  if (out.tags.empty())
    return broken();
  return out;
}

bool not_modified(const Request& request, std::string_view etag) {
  const auto header = request.headers.combined("if-none-match");
  if (!header)
    return false;
  const auto tags = parse_entity_tags(*header);
  const auto ours = parse_one(etag);
  if (!tags || !ours)
    return false;
  return tags->any || std::any_of(tags->tags.begin(), tags->tags.end(),
                                  [&](const auto& tag) { return tag.opaque == ours->opaque; });
}

Response with_etag(const Request& request, Response response, std::string_view etag) {
  const bool reads = request.method == Method::get || request.method == Method::head;
  if (reads && response.status == 200 && not_modified(request, etag)) {
    response.status = 304;
    response.body = std::string{};
    response.headers.remove("Content-Type");
  }
  response.headers.set("ETag", etag);
  return response;
}

Done check_if_match(const Request& request, std::string_view etag) {
  const auto header = request.headers.combined("if-match");
  if (!header)
    return {};
  const auto tags = parse_entity_tags(*header);
  if (!tags)
    return fail(tags.error());
  if (!etag.empty()) {
    const auto ours = parse_one(etag);
    const auto same = [&](const EntityTag& tag) { return !tag.weak && tag == *ours; };
    if (tags->any || (ours && std::any_of(tags->tags.begin(), tags->tags.end(), same)))
      return {};
  }
  return fail(Errc::precondition_failed,
              "the stored version is another one than If-Match names; read it again");
}

}  // namespace jobraker::net
