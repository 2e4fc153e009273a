#include "tools/server/schedules.hpp"

#include "actors/schedules/scheduler_actor.hpp"
#include "net/ask.hpp"

namespace jobraker::server {

Schedules::Schedules(Machine& machine)
    : machine_(machine),
      scheduler_(machine.system.registry(), "/system/scheduler", [this](const std::string& at) {
        return schedules::start_scheduler(machine_.services, table_, at);
      }) {
  machine.keep(scheduler_, "scheduler");
}

Done Schedules::prepare(schedules::ScheduleNeeds needs) {
  auto table = schedules::schedule_table(machine_.services, std::move(needs));
  if (!table)
    return fail(std::move(table.error()));
  table_ = std::move(*table);
  return {};
}

Done Schedules::start() {
  auto found = scheduler_.find();
  started_ = found.has_value();
  return found ? Done{} : fail(std::move(found.error()));
}

void Schedules::offer(net::Capabilities& capabilities) const {
  capabilities.schedules = [this] { return scheduler_.find(); };
}

task<bool> Schedules::finish() {
  if (!started_)
    co_return true;
  auto done = co_await net::ask([this] { return scheduler_.find(); },
                                Context::system(std::chrono::seconds{3}), FinishRuns{});
  co_return done.has_value();
}

void Schedules::close() { scheduler_.close(); }

}  // namespace jobraker::server
