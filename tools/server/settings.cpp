#include "tools/server/settings.hpp"

#include <algorithm>

namespace jobraker::server {

storage::Settings storage_settings(const DatabaseConfig& config) {
  storage::Settings settings;
  settings.url = config.url;
  settings.connections = static_cast<std::size_t>(config.connections_per_thread);
  settings.connect_timeout = std::chrono::milliseconds{config.connect_timeout_ms};
  settings.statement_timeout = std::chrono::milliseconds{config.statement_timeout_ms};
  settings.max_waiting = static_cast<std::size_t>(config.waiting_max);
  return settings;
}

net::ServerSettings http_settings(const ServerConfig& config) {
  net::ServerSettings settings;
  settings.connections_max = static_cast<std::size_t>(config.connections_max);
  settings.header_timeout = std::chrono::milliseconds{config.header_timeout_ms};
  settings.body_timeout = std::chrono::milliseconds{config.body_timeout_ms};
  settings.idle_timeout = std::chrono::milliseconds{config.idle_timeout_ms};
  settings.write_timeout = std::chrono::milliseconds{config.write_timeout_ms};
  settings.request_timeout = std::chrono::milliseconds{config.request_timeout_ms};
  settings.cors_origins = config.cors_origins;
  return settings;
}

net::ClientSettings client_settings(const LlmConfig& config) {
  net::ClientSettings settings;
  settings.connections_per_host =
    std::max(settings.connections_per_host, static_cast<std::size_t>(config.in_flight_max));
  return settings;
}

net::WsSettings websocket_settings(const ChatConfig& config) {
  net::WsSettings settings;
  settings.message_max = static_cast<std::size_t>(config.frame_bytes_max);
  settings.frames_per_second = static_cast<double>(config.frames_per_second);
  settings.frames_burst = static_cast<double>(config.frames_burst);
  settings.ping_after = std::chrono::seconds{config.ping_seconds};
  settings.deflate = config.compression;
  return settings;
}

}  // namespace jobraker::server
