#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "messages/context.hpp"
#include "messages/result.hpp"
#include "messages/task.hpp"
#include "net/client/address_guard.hpp"
#include "net/client/cancel.hpp"
#include "net/http/message.hpp"

namespace jobraker::net {

/// What a client keeps and allows.
struct ClientSettings {
  std::size_t connections_per_host = 32;  ///< open at once to one scheme, host and port
  std::size_t waiting_max =
    1000;  ///< calls waiting for a connection to one host; more: unavailable
  std::chrono::milliseconds idle_timeout{30'000};     ///< how long an unused connection is kept
  std::chrono::milliseconds connect_timeout{10'000};  ///< resolving, connecting and TLS together
  std::chrono::milliseconds read_timeout{60'000};     ///< silence between two pieces of an answer
  std::size_t header_max = 64 << 10;                  ///< bytes of a response's header fields
  std::string ca_file{};  ///< PEM file of authorities trusted beside the system's
  std::string user_agent = "jobraker/0.1";
};

/// One call. `context` gives the trace (sent as `traceparent`) and the deadline of the whole call,
/// redirects and waiting for a connection included.
struct ClientRequest {
  Method method = Method::get;
  std::string url;
  Headers headers{};
  std::string body{};
  Context context{};
  std::size_t response_max = 16 << 20;  ///< bytes of the answer's body; more is Errc::too_large
  int redirects_max = 0;                ///< how many to follow
  AddressGuard guard{};                 ///< judges every address connected to, after redirects too
  std::optional<CancelToken> cancel{};
  bool send_trace = true;  ///< false: no `traceparent` (strangers' servers)
  /// Called after a byte of the request has gone out: until then the server has certainly done
  /// nothing, from then on nobody knows until it answers.
  std::function<void()> on_sent{};
};

/// An answer, whatever its status: a 404 is not an error of the call.
struct ClientResponse {
  int status = 0;
  Headers headers{};
  std::string body{};
  std::string url{};  ///< where it came from, after redirects
};

/// An HTTP/1.1 client with kept connections, used on the thread of its context only. TLS verifies
/// certificate and host name (RFC 9525) against the system's authorities. A kept connection that
/// turns out closed before a byte of the answer came is replaced once: for GET, HEAD, PUT, DELETE
/// and OPTIONS always, for POST and PATCH only when nothing had been written.
/// Errors: Errc::malformed (URL), Errc::upstream_failed (resolving, connecting, TLS, cut or
/// unreadable answer), Errc::upstream_timed_out, Errc::too_large, Errc::unavailable (too many
/// waiting), Errc::cancelled, Errc::forbidden (guard). Details name the host, never the URL's
/// secrets.
class HttpClient {
public:
  explicit HttpClient(IoContext& io, ClientSettings settings = {});
  /// Closes kept connections. Calls that run hold what they need and end by themselves.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends and reads the whole answer.
  task<Result<ClientResponse>> send(ClientRequest request);

  /// Sends and hands the body of a 2xx answer to `on_data` piece by piece as it arrives; other
  /// answers come back with their body as from `send`. An error of `on_data` ends the call with it.
  task<Result<ClientResponse>> stream(ClientRequest request,
                                      std::function<Done(std::string_view piece)> on_data);

  /// Connections kept for later, over all hosts.
  std::size_t idle_connections() const noexcept;
  /// Connections made since the start: tells reuse from reconnecting.
  std::uint64_t connections_made() const noexcept;

  struct Core;

private:
  std::shared_ptr<Core> core_;
};

}  // namespace jobraker::net
