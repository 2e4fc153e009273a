#pragma once

#include <memory>

#include "actors/schedules/schedule_table.hpp"
#include "messages/schedule_handles.hpp"
#include "net/api/routes.hpp"
#include "tools/server/machine.hpp"

namespace jobraker::server {

/// What is done by the clock.
class Schedules {
public:
  explicit Schedules(Machine& machine);

  /// Reads the times; an error names the key. `needs`: whom the jobs ask.
  Done prepare(schedules::ScheduleNeeds needs);
  /// From now on what is due begins.
  Done start();
  void offer(net::Capabilities& capabilities) const;
  /// Nothing more begins; what runs is told to stop, and waited for a little.
  task<bool> finish();
  void close();

private:
  Machine& machine_;
  std::shared_ptr<const schedules::ScheduleTable> table_;
  Supervised<SchedulerActor> scheduler_;
  bool started_ = false;
};

}  // namespace jobraker::server
