#include "actors/applications/application_services.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/system/pause.hpp"
#include "net/client/skyvern.hpp"

namespace jobraker::applications {

bool ApplicationServices::can_send() const { return skyvern && !skyvern->api_key.empty(); }

ApplicationServices application_services(const Config& config) {
  ApplicationServices out;
  out.skyvern = std::make_shared<const net::SkyvernSettings>(net::skyvern_settings(config.skyvern));
  const auto& c = config.applications;
  using std::chrono::seconds;
  out.schedule.call = out.skyvern->timeout;
  out.schedule.poll = seconds{c.poll_seconds};
  out.schedule.poll_max = seconds{c.poll_seconds_max};
  out.schedule.look_up = seconds{c.look_up_seconds};
  out.schedule.look_ups = c.look_up_tries;
  out.schedule.stale = std::chrono::minutes{c.stale_minutes};
  out.per_employer = seconds{c.per_employer_seconds};
  out.in_flight_max = c.in_flight_max;
  return out;
}

task<bool> finish_sending(const ApplicationServices& services, std::chrono::milliseconds patience) {
  auto drain = services.drain;
  drain->on = true;
  auto deadline = Context::Clock::now() + patience;
  while (drain->sending > 0 && Context::Clock::now() < deadline)
    co_await pause(std::chrono::milliseconds{20});
  co_return drain->sending == 0;
}

void wake(Services& services, const ApplicationId& application) {
  if (services.applications == nullptr)
    return;
  auto found = services.applications->find(application);
  if (found)
    caf::anon_send(*found, WakeApplication{});
  else  // the sweep comes by
    spdlog::info("event=application.not_woken id={} why=\"{}\"", to_string(application),
                 found.error().detail);
}

}  // namespace jobraker::applications
