#include "net/api/decode.hpp"

#include <set>

#include "net/http/etag.hpp"

namespace jobraker::net {

Result<UserId> user_of(const Request& request) {
  auto text = request.parameter("user_id");
  const auto& who = request.context.principal;
  if (text == "me")
    return who.user;
  auto id = UserId::parse(text);
  if (!id)
    return fail(Errc::not_found, "there is no such user");
  if (auto allowed = may_access(who, *id); !allowed)
    return fail(std::move(allowed.error()));
  return *id;
}

Result<std::optional<std::vector<std::int64_t>>> if_match_versions(const Request& request) {
  auto header = request.headers.combined("if-match");
  if (!header)
    return std::nullopt;
  auto tags = parse_entity_tags(*header);
  if (!tags)
    return fail(std::move(tags.error()));
  if (tags->any)
    return std::nullopt;
  std::vector<std::int64_t> versions;
  for (const auto& tag : tags->tags) {
    std::int64_t value = 0;
    const auto& text = tag.opaque;
    if (tag.weak || text.size() < 2 || text[0] != 'v')
      continue;  // If-Match compares strongly (RFC 9110 §13.1.1)
    auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size())
      versions.push_back(value);
  }
  return versions;
}

Done check_query(const Request& request) {
  std::set<std::string_view> seen;
  for (const auto& [name, value] : request.query)
    if (!seen.insert(name).second)
      return fail(Error{Errc::invalid,
                        name + " is given more than once",
                        {{"/" + name, "is given more than once"}},
                        {}});
  return {};
}

Result<std::int64_t> query_number(const Request& request, std::string_view name,
                                  std::int64_t otherwise, std::int64_t min, std::int64_t max) {
  if (auto once = check_query(request); !once)
    return fail(std::move(once.error()));
  auto text = request.query_value(name);
  if (!text)
    return otherwise;
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error == std::errc{} && end == text->data() + text->size() && value >= min && value <= max)
    return value;
  auto detail =
    "must be a whole number between " + std::to_string(min) + " and " + std::to_string(max);
  return fail(
    Error{Errc::invalid, std::string{name} + " " + detail, {{std::string{name}, detail}}, {}});
}

}  // namespace jobraker::net
