#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace jobraker::ctl {

enum class Verb : unsigned char { get, put, post };

/// One request to the server, ready to be sent.
struct Call {
  Verb verb = Verb::get;
  std::string target{};  ///< path and query, escaped, from the first slash
  std::string body{};    ///< JSON, or nothing
  bool open = false;     ///< needs no token
  bool operator==(const Call&) const = default;
};

/// Escapes everything but RFC 3986's unreserved characters.
std::string escaped(std::string_view text);

/// The segments of an actor's path, each escaped, with slashes between and none before:
/// `/users/a b` becomes `users/a%20b`. Nothing when it is no actor's path: no segment, an empty
/// one, `.` or `..`.
std::optional<std::string> escaped_path(std::string_view path);

/// An actor's path as the server writes it: with its first slash.
std::string with_slash(std::string_view path);

/// Puts a query together.
class Target {
public:
  explicit Target(std::string path) : text_(std::move(path)) {}
  Target& add(std::string_view name, std::string_view value);
  /// Left out when the value is empty.
  Target& maybe(std::string_view name, std::string_view value);
  const std::string& text() const noexcept { return text_; }

private:
  std::string text_;
};

}  // namespace jobraker::ctl
