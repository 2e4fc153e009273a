#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/result.hpp"
#include "net/http/message.hpp"

namespace jobraker::net {

/// One entity tag (RFC 9110 §8.8.3): `W/"abc"` is {true, "abc"}.
struct EntityTag {
  bool weak = false;
  std::string opaque;
  bool operator==(const EntityTag&) const = default;
};

/// The value of `If-Match` or `If-None-Match`: `*`, or a list.
struct EntityTags {
  bool any = false;
  std::vector<EntityTag> tags{};
  bool operator==(const EntityTags&) const = default;
};

/// The strong tag of a stored version: `"v7"`.
std::string etag_of(std::int64_t version);

/// Reads `*` or a comma-separated list of tags; Errc::malformed otherwise.
Result<EntityTags> parse_entity_tags(std::string_view text);

/// Whether the caller's copy is current: `If-None-Match` names `etag` by weak comparison. False
/// when the header is missing or unreadable.
bool not_modified(const Request& request, std::string_view etag);

/// Adds `ETag` to a response to GET; turns it into 304 without body when the caller has it already.
Response with_etag(const Request& request, Response response, std::string_view etag);

/// Holds a change against `If-Match` (strong comparison, RFC 9110 §13.1.1): fine without the
/// header; Errc::precondition_failed when it names other versions only, Errc::malformed when it
/// cannot be read. `etag` empty: the thing does not exist yet, so even `*` fails.
Done check_if_match(const Request& request, std::string_view etag);

}  // namespace jobraker::net
