#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "messages/result.hpp"
#include "net/client/http_client.hpp"

namespace jobraker::net {

/// Turns bytes into one response. Pure: no sockets, no clocks. Interim answers (1xx) are skipped.
class ResponseReader {
public:
  /// Where pieces of the body go.
  using Sink = std::function<Done(std::string_view piece)>;

  ResponseReader(ClientResponse& into, bool answers_head, std::size_t header_max, Sink sink);
  ~ResponseReader();
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;

  /// Reads from the bytes at hand and answers how many are used up; the rest is to be given again
  /// with more behind it. Errc::upstream_failed for what is not HTTP/1.1, or the sink's error.
  Result<std::size_t> feed(std::string_view bytes);
  /// The connection has ended: fine for a body that only that ends, else Errc::upstream_failed.
  Done finish();

  bool header_done() const noexcept;
  bool done() const noexcept;
  /// When done: whether the connection may carry another request.
  bool keep_alive() const noexcept;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jobraker::net
