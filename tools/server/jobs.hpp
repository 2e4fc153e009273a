#pragma once

#include "messages/handles.hpp"
#include "tools/server/machine.hpp"

namespace jobraker::server {

/// Where postings come from, and the long work that people wait for.
class Jobs {
public:
  explicit Jobs(Machine& machine);

  /// Tasks that cannot go on without what their caller sent have failed.
  task<Done> take_up();
  void offer(Actors& actors) const;
  Result<JobsActor> find() const { return jobs_.find(); }
  /// Those who wait for the end of a task are answered.
  void stop_waiting() const;
  void close();

private:
  Machine& machine_;
  Supervised<TasksActor> tasks_;
  Supervised<JobsActor> jobs_;
  Supervised<SourceActor> adzuna_;
  Supervised<SourceActor> feeds_;
  Supervised<SourceActor> boards_;
};

}  // namespace jobraker::server
