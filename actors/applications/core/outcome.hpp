#pragma once

#include <string>
#include <utility>
#include <vector>

#include "messages/submissions.hpp"

/// What a run's report says about the application. Pure.
namespace jobraker::applications {

/// Whether a run has ended. A cancelled one may still turn out completed.
bool is_final(RunState state) noexcept;

/// Whether a run known as `known` may be reported as `next`: forward along created, queued, running
/// (paused) to an end, and from canceled to completed. Anything else is old news.
bool advances(RunState known, RunState next) noexcept;

/// What the end of a run, or its pause, means.
struct Outcome {
  ApplicationStatus status = ApplicationStatus::unknown;
  bool certain = false;  ///< certainly nothing was sent: it may be tried again
  std::string detail{};  ///< for the timeline
  std::string instructions{};
};

/// Reads a paused or final report. `cancelled`: the person had asked to stop.
Outcome outcome_of(const RunReport& report, bool cancelled);

/// The codes that runs are asked to give up with, and when.
const std::vector<std::pair<std::string, std::string>>& error_codes();

/// The JSON Schema of what a run is asked to answer.
extern const std::string_view output_schema;

}  // namespace jobraker::applications
