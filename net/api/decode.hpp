#pragma once

#include <charconv>
#include <optional>
#include <string>

#include "messages/codec.hpp"
#include "net/http/message.hpp"

/// From requests to messages.
namespace jobraker::net {

/// The body as a message; Errc::malformed or Errc::invalid with every problem.
template <class Message>
Result<Message> body_of(const Request& request) {
  if (request.body.empty())
    return json::decode<Message>("{}");  // names what is required instead of "not valid JSON"
  return json::decode<Message>(request.body);
}

/// Whose resource `{user_id}` is: `me` is the caller. Errc::forbidden for somebody else's, unless
/// the caller is an admin; Errc::not_found for what is no id.
Result<UserId> user_of(const Request& request);

/// The id in path parameter `name`; Errc::not_found for what is no id.
template <class IdType>
Result<IdType> id_of(const Request& request, std::string_view name) {
  if (auto id = IdType::parse(request.parameter(name)))
    return *id;
  return fail(Errc::not_found, "there is nothing at this address");
}

/// Errc::invalid that names a query parameter given more than once: it is not said which one
/// counts.
Done check_query(const Request& request);

/// Query parameters as a message: numbers and flags are read as what the member is; unknown names
/// are problems, and so is a name given more than once.
template <class Message>
Result<Message> query_of(const Request& request);

/// The versions that `If-Match` allows; none without the header or with `*`. Tags that are not ours
/// match no version.
Result<std::optional<std::vector<std::int64_t>>> if_match_versions(const Request& request);

/// A whole number of the query between `min` and `max`, or `otherwise` when it is absent.
Result<std::int64_t> query_number(const Request& request, std::string_view name,
                                  std::int64_t otherwise, std::int64_t min, std::int64_t max);

namespace detail {

/// A query value as JSON for a member of type T.
template <class T>
void query_json(json::Writer& writer, std::string_view text) {
  if constexpr (json::detail::is_optional<T>) {
    query_json<typename T::value_type>(writer, text);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (text == "true" || text == "1")
      writer.value(true);
    else if (text == "false" || text == "0")
      writer.value(false);
    else
      writer.value(text);
  } else if constexpr (std::is_arithmetic_v<T>) {
    double number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size())
      writer.value(number);
    else
      writer.value(text);
  } else {
    writer.value(text);
  }
}

}  // namespace detail

template <class Message>
Result<Message> query_of(const Request& request) {
  if (auto once = check_query(request); !once)
    return fail(std::move(once.error()));
  json::Writer writer;
  writer.begin_object();
  for (const auto& [name, value] : request.query) {
    bool known = false;
    std::apply(
      [&](const auto&... f) {
        auto one = [&](const auto& field) {
          using V = typename std::decay_t<decltype(field)>::value_type;
          if (field.name != name || known)
            return;
          known = true;
          writer.key(name);
          detail::query_json<V>(writer, value);
        };
        (one(f), ...);
      },
      Message::fields());
    if (!known)
      writer.key(name).value(std::string_view{value});
  }
  writer.end_object();
  return json::decode<Message>(writer.text());
}

}  // namespace jobraker::net
