#pragma once

#include <functional>
#include <memory>

#include "actors/applications/core/schedule.hpp"
#include "actors/system/services.hpp"
#include "messages/submission_handles.hpp"

namespace jobraker::net {
struct SkyvernSettings;
}

namespace jobraker::applications {

/// What those who send applications work with, beside `Services`. Built by the server's wiring
/// before the first of them.
struct ApplicationServices {
  std::shared_ptr<const net::SkyvernSettings> skyvern{};
  Schedule schedule{};
  std::chrono::seconds per_employer{60};  ///< between two submissions to one employer
  std::int64_t in_flight_max = 20;        ///< attempts under way at the same time
  std::function<Result<ApplicationActor>(const ApplicationId&)> find{};
  std::function<void(const ApplicationId&)> release{};

  /// Whether anything can be sent at all.
  bool can_send() const;
};

/// As the configuration says.
ApplicationServices application_services(const Config& config);

/// Lets the application look at its rows soon; from any thread.
void wake(Services& services, const ApplicationId& application);

}  // namespace jobraker::applications
