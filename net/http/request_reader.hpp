#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http/message.hpp"

namespace jobraker::net {

/// Why a request is refused before any handler sees it.
struct Refusal {
  int status = 400;
  std::string_view code = "malformed";
  std::string detail{};
};

/// Turns bytes into one request after another. Pure: no sockets, no clocks.
class RequestReader {
public:
  RequestReader();
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Begins the next request; `into` is cleared, keeps its capacity and must outlive the reading.
  void start(Request& into, std::size_t header_max, std::size_t target_max);

  /// Reads from the bytes at hand and answers how many are used up; the rest, with more behind it,
  /// is to be given again. Stops after the header (`header_done`) so that the body's limit can be
  /// set, and after the request.
  std::size_t feed(std::string_view bytes);

  /// The largest body taken from here on; more fails with 413.
  void body_max(std::uint64_t bytes) noexcept;

  bool header_done() const noexcept;
  bool done() const noexcept;
  /// Set once the bytes cannot become a request any more; the connection is of no use then.
  const std::optional<Refusal>& refusal() const noexcept;

  /// After the header: whether the connection may carry another request.
  bool keep_alive() const noexcept;
  /// After the header: false for HTTP/1.0.
  bool http_1_1() const noexcept;
  /// After the header: what Content-Length says; nullopt without one (no body, or chunked).
  std::optional<std::uint64_t> content_length() const noexcept;
  bool chunked() const noexcept;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jobraker::net
