#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "actors/events/consumer.hpp"
#include "actors/matching/people_services.hpp"
#include "messages/handles.hpp"
#include "tools/server/machine.hpp"

namespace jobraker::server {

/// Who suits what: scoring runs, the postings and the people in memory.
class Matching {
public:
  explicit Matching(Machine& machine);

  /// `awake`: a person's actor if it is in memory.
  void tell_awake(std::function<std::optional<UserActor>(const UserId&)> awake);
  /// Scoring runs that were under way go on; postings and people are read into memory.
  task<Done> take_up();
  /// What matching does when something happens.
  std::vector<events::Consumer> consumers();
  /// Scoring runs end here and go on with the next process.
  void close_live();
  void close();

private:
  Machine& machine_;
  PeopleServices people_services_{};
  std::shared_ptr<Directory<TaskId, BatchActor>> batches_;
  Supervised<MatchingActor> matching_;
  Supervised<PeopleActor> people_;
};

}  // namespace jobraker::server
