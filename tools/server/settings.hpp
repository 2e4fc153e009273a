#pragma once

#include "config/config.hpp"
#include "net/client/http_clients.hpp"
#include "net/http/server.hpp"
#include "net/ws/ws_settings.hpp"
#include "storage/settings.hpp"

namespace jobraker::server {

/// The sections of the configuration as the floors below take them.
storage::Settings storage_settings(const DatabaseConfig& config);
net::ServerSettings http_settings(const ServerConfig& config);
net::ClientSettings client_settings(const LlmConfig& config);
net::WsSettings websocket_settings(const ChatConfig& config);

}  // namespace jobraker::server
