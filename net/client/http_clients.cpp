#include "net/client/http_clients.hpp"

#include <cassert>

namespace jobraker::net {
namespace {

thread_local std::size_t here_index = static_cast<std::size_t>(-1);

}  // namespace

HttpClients::HttpClients(const std::vector<IoContext*>& contexts, const ClientSettings& settings) {
  for (auto* context : contexts)
    clients_.push_back(std::make_unique<HttpClient>(*context, settings));
}

void HttpClients::bind(std::size_t index) noexcept { here_index = index; }

HttpClient& HttpClients::here() {
  assert(here_index < clients_.size() && clients_[here_index]);
  return *clients_[here_index];
}

void HttpClients::close_here() { clients_[here_index].reset(); }

}  // namespace jobraker::net
