#pragma once

#include <string>
#include <utility>
#include <vector>

#include "messages/result.hpp"
#include "storage/settings.hpp"

namespace jobraker::storage::pq {

/// Connection keywords and values (PostgreSQL manual §34.1.2) for PQconnect…Params.
struct ConnectOptions {
  std::vector<std::pair<std::string, std::string>> pairs{};

  /// The value of a keyword, empty when it is not set.
  std::string get(std::string_view keyword) const;
  void set(std::string_view keyword, std::string value);
  /// Null-terminated arrays into `pairs`, as libpq takes them.
  std::vector<const char*> keywords() const;
  std::vector<const char*> values() const;
};

/// What the settings' URL says, with the session settings that row.cpp and the time-outs rely on.
/// Errc::invalid when the URL is none; the detail does not repeat it (it may hold a password).
Result<ConnectOptions> connect_options(const Settings& settings);

}  // namespace jobraker::storage::pq
