#include "tools/server/matching.hpp"

#include <spdlog/spdlog.h>

#include "actors/matching/batch_actor.hpp"
#include "actors/matching/consumers.hpp"
#include "actors/matching/matching_actor.hpp"
#include "actors/matching/people_actor.hpp"
#include "storage/batches.hpp"
#include "storage/databases.hpp"

namespace jobraker::server {
namespace {

constexpr std::size_t live_batches_max = 10'000;

}  // namespace

Matching::Matching(Machine& machine)
    : machine_(machine), batches_(std::make_shared<Directory<TaskId, BatchActor>>(
                           machine.system.registry(), "/batches/", live_batches_max,
                           [this](const TaskId& id, const std::string& path) {
                             return start_batch(machine_.services, id, path);
                           })),
      matching_(machine.supervised<MatchingActor>("/system/matching", start_matching)),
      people_(machine.supervised<PeopleActor>("/system/people", start_people)) {
  batches_->on_crash([this](const TaskId& id, std::chrono::milliseconds wait) {
    machine_.bring_back("batches/" + to_string(id), wait, [this, id]() -> Done {
      auto found = batches_->find(id);
      return found ? Done{} : fail(std::move(found.error()));
    });
  });
  auto& services = machine.services;
  services.matching = [this] { return matching_.find(); };
  services.batch = [this](const TaskId& id) { return batches_->find(id); };
  services.release_batch = [this](const TaskId& id) { batches_->release(id); };
  services.batch_crashes = [this](const TaskId& id) { return batches_->crashes(id); };
  people_services_.people = [this] { return people_.find(); };
  machine.keep(people_, "people");
}

void Matching::tell_awake(std::function<std::optional<UserActor>(const UserId&)> awake) {
  people_services_.awake = std::move(awake);
}

task<Done> Matching::take_up() {
  auto open = co_await storage::unfinished_batches(machine_.databases->here());
  if (!open)
    co_return fail(std::move(open.error()));
  for (const auto& id : *open)
    if (auto found = batches_->find(id); !found)
      spdlog::warn("event=batch.resume_failed batch={} why=\"{}\"", to_string(id),
                   found.error().detail);
  if (!open->empty())
    spdlog::info("event=batches.resumed count={}", open->size());
  auto warm = matching_.find();
  if (!warm)
    co_return fail(std::move(warm.error()));
  auto known = people_.find();
  co_return known ? Done{} : fail(std::move(known.error()));
}

std::vector<events::Consumer> Matching::consumers() {
  return matching_consumers(machine_.services, people_services_);
}

void Matching::close_live() { batches_->close(); }

void Matching::close() {
  matching_.close();
  people_.close();
}

}  // namespace jobraker::server
