#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "messages/context.hpp"
#include "messages/result.hpp"
#include "messages/task.hpp"
#include "net/http/headers.hpp"

namespace jobraker::net {

/// The methods we serve and send (RFC 9110 §9, RFC 5789).
enum class Method : std::uint8_t { get, head, post, put, patch, del, options };
inline constexpr std::size_t method_count = 7;

/// `GET`, `DELETE`, …
std::string_view to_string(Method method) noexcept;
/// The method of that (case-sensitive) name, or nullopt.
std::optional<Method> parse_method(std::string_view name) noexcept;

/// Names and values in order; names may repeat.
using Parameters = std::vector<std::pair<std::string, std::string>>;

/// The first value of that name, or nullopt.
std::optional<std::string_view> find(const Parameters& parameters, std::string_view name) noexcept;

struct Route;

/// One request as a handler sees it. The server keeps it alive, at the same address, until the
/// response, a streamed one included, is written; the handler may move the body out.
struct Request {
  Method method = Method::get;
  std::string target;                 ///< as sent: `/jobs/42?q=a%20b`
  std::string path;                   ///< decoded, without the query: for logs, not for routing
  std::vector<std::string> segments;  ///< of the path, each decoded by itself
  Parameters query;                   ///< decoded (application/x-www-form-urlencoded)
  Parameters path_parameters;         ///< what the `{…}` of the route's pattern matched, decoded
  Headers headers;
  std::string body;
  std::string remote;            ///< address of the peer, without port
  std::string request_id;        ///< the caller's `x-request-id`, or the trace id
  Context context;               ///< trace, principal (when the route asks for one), deadline
  const Route* route = nullptr;  ///< the route that matched

  /// The value of a path parameter; empty when the pattern has none of that name.
  std::string_view parameter(std::string_view name) const noexcept {
    return find(path_parameters, name).value_or(std::string_view{});
  }
  /// The first query parameter of that name.
  std::optional<std::string_view> query_value(std::string_view name) const noexcept {
    return find(query, name);
  }
  /// The media type of the body in lower case without parameters; empty when there is none.
  std::string media_type() const;
};

/// Gives the next piece of a streamed body; nullopt ends it; an error, or an exception, cuts the
/// connection so that the peer sees an incomplete message. Called again after each piece is
/// written.
using BodyProducer = std::function<task<Result<std::optional<std::string>>>()>;

/// What a streamed body may want to know of its connection while it is sent; called on the
/// connection's thread. Whoever is told ends the body: its producer wakes up and answers the end.
class StreamWatch {
public:
  virtual ~StreamWatch() = default;
  /// The peer has closed, or broken, the connection: nobody reads any more.
  virtual void peer_gone() = 0;
  /// The server shuts down and would like the body to end.
  virtual void draining() = 0;
};

/// Bytes that many responses share; sent without a copy.
using SharedBody = std::shared_ptr<const std::string>;

/// What goes back. Content-Length or chunked coding are the server's business.
struct Response {
  int status = 200;
  Headers headers;
  std::variant<std::string, SharedBody, BodyProducer> body;
  std::shared_ptr<StreamWatch> watch{};  ///< of a streamed body that waits long between pieces

  /// `application/json`; `text` is JSON already.
  static Response json(int status, std::string text);
  /// `text/plain; charset=utf-8`.
  static Response text(int status, std::string text);
  /// Any other media type.
  static Response of(int status, std::string_view content_type, std::string bytes);
  /// The same bytes for everybody.
  static Response shared(int status, std::string_view content_type, SharedBody bytes);
  /// 204.
  static Response no_content();
  /// 201 with `Location` and a JSON body.
  static Response created(std::string_view location, std::string json);
  /// 202 with `Location` of the task and a JSON body.
  static Response accepted(std::string_view location, std::string json);
  /// A body whose length nobody knows yet, as server-sent events have.
  static Response stream(int status, std::string_view content_type, BodyProducer next);

  /// The body's bytes; empty for a streamed one.
  std::string_view bytes() const noexcept;
};

/// The standard phrase of a status, e.g. `Not Found` (RFC 9110 §15); `Unknown` for others.
std::string_view reason_of(int status) noexcept;

}  // namespace jobraker::net
