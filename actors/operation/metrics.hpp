#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/operation/actor_reading.hpp"
#include "actors/operation/core/family.hpp"
#include "actors/operation/database_reading.hpp"
#include "actors/operation/dependencies.hpp"
#include "actors/operation/row_figures.hpp"
#include "actors/system/services.hpp"

namespace jobraker::operation {

/// Collects what `GET /metrics` says: counters that others keep, and what is read from the database
/// now and then.
class Metrics {
public:
  using Deadline = Context::Clock::time_point;
  /// Adds what it knows to a scrape; called in the middle of it, on an I/O thread.
  using Source = std::function<void(Families&)>;

  Metrics(Services& services, Dependencies& dependencies, std::string version);

  /// More to tell; before the first scrape.
  void add(Source source) { sources_.push_back(std::move(source)); }

  /// Everything, in Prometheus' text format 0.0.4. Waits for the database until a little before the
  /// deadline, and leaves out what it did not say by then.
  task<std::string> scrape(Deadline deadline);

private:
  std::vector<NamedPool> pools() const;

  Services& services_;
  Dependencies& dependencies_;
  std::string version_;
  RowFigures rows_;
  ActorReading actors_;
  std::vector<Source> sources_;
};

}  // namespace jobraker::operation
