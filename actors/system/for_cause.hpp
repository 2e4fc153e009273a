#pragma once

#include <utility>

#include "messages/spans.hpp"

namespace jobraker {

/// `work` as a closure that runs for whom it was made, whoever lets it run later: for what waits in
/// an actor until rows are read or an earlier write is done.
template <class Work>
auto for_cause(Work work) {
  return [cause = current_cause(), work = std::move(work)]() mutable {
    ActsFor caller{cause};
    work();
  };
}

}  // namespace jobraker
