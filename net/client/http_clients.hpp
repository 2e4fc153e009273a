#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "net/client/http_client.hpp"

namespace jobraker::net {

/// One HttpClient for each I/O thread.
class HttpClients {
public:
  HttpClients(const std::vector<IoContext*>& contexts, const ClientSettings& settings);

  /// Tells the calling thread which I/O thread it is; each calls it once before anything else.
  static void bind(std::size_t index) noexcept;

  /// The calling I/O thread's client. Elsewhere a fault in the program (assert).
  HttpClient& here();

  /// Closes the calling thread's kept connections, so that its context can run dry.
  void close_here();

private:
  std::vector<std::unique_ptr<HttpClient>> clients_;
};

}  // namespace jobraker::net
