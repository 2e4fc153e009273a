#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "actors/applications/core/schedule.hpp"
#include "actors/system/services.hpp"
#include "actors/system/standing.hpp"
#include "messages/submission_handles.hpp"
#include "messages/task.hpp"

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

  /// The server ends: no new runs are asked for, and answers on their way are waited for.
  struct Drain {
    std::atomic<bool> on{false};
    std::atomic<int> sending{0};
  };
  std::shared_ptr<Drain> drain = std::make_shared<Drain>();
  /// How Skyvern stands, as calls find it.
  std::shared_ptr<Standing> standing = std::make_shared<Standing>();

  /// Whether anything can be sent at all. A server that cannot gives approvals back and waits for
  /// what is under way without asking; so all nodes of a database have the same key.
  bool can_send() const;
};

/// As the configuration says.
ApplicationServices application_services(const Config& config);

/// Begins nothing new and waits for answers of Skyvern's that are on their way, so that nobody has
/// to look for their runs later. False when they did not come in time.
task<bool> finish_sending(const ApplicationServices& services, std::chrono::milliseconds patience);

/// Lets the application look at its rows soon; from any thread.
void wake(Services& services, const ApplicationId& application);

}  // namespace jobraker::applications
