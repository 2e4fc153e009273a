#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "actors/workflows/core/violation.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"
#include "messages/workflows.hpp"

/// What one run of a kit decides: a pure function of (state, event, now). The workflow's actor
/// keeps the state and the steps' material, performs the effects and turns their outcomes into
/// events.
namespace jobraker::workflows {

struct StepSettings {
  int attempts_max = 3;         ///< how often a step's work may fail in one life of the actor
  std::int64_t begins_max = 8;  ///< how often a step may be begun in one run
  std::chrono::milliseconds retry_delay{500};  ///< doubles with each attempt
  std::chrono::milliseconds retry_delay_max{30'000};
};

/// Numbers what was asked for, so that a late outcome is known for what it is.
using Ticket = std::uint32_t;

// Events.

/// Where a step stands in its row.
struct StoredStep {
  KitStepState state = KitStepState::pending;
  std::int64_t attempts = 0;
};
/// Begins, or goes on after a crash; the steps in their order.
struct Start {
  std::vector<StoredStep> steps{};
};
/// The step is committed as running, with its input.
struct Begun {
  Ticket ticket = 0;
};
/// The step's work is done; `violations` is what the check refuses of it.
struct Worked {
  Ticket ticket = 0;
  Violations violations{};
};
/// Beginning, working or committing did not succeed.
struct Failed {
  Ticket ticket = 0;
  Error error{};
  bool retryable = true;
  bool over = false;  ///< the run is not the present one any more
};
/// What the step came to, or that it failed, is committed.
struct Committed {
  Ticket ticket = 0;
};
/// The time of a `WakeAt` has come (too early or too often does no harm).
struct Tick {};
using Event = std::variant<Start, Begun, Worked, Failed, Committed, Tick>;

// Effects.

/// Gather the step's material and commit its beginning; answer with `Begun` or `Failed`.
struct Begin {
  Ticket ticket = 0;
  KitStep step = KitStep::analyze_job;
};
/// Do the step's work; answer with `Worked` or `Failed`. `repair`: the answer before this one is to
/// be put right, and these are its faults.
struct Work {
  Ticket ticket = 0;
  KitStep step = KitStep::analyze_job;
  Violations repair{};
};
/// Commit what the last `Work` of this step came to; with the last step the run ends, too.
struct Commit {
  Ticket ticket = 0;
  KitStep step = KitStep::analyze_job;
};
/// Commit that the step and the run have failed.
struct CommitFailure {
  Ticket ticket = 0;
  KitStep step = KitStep::analyze_job;
  Error error{};
  Violations violations{};
};
struct Progress {
  KitStep step = KitStep::analyze_job;  ///< under way
  std::int64_t done = 0;
};
/// Send a `Tick` at this time.
struct WakeAt {
  Time time{};
};
/// The last effect, exactly once: everything there was to say is committed.
struct End {
  bool overtaken = false;  ///< somebody else has ended this run
};
using Effect = std::variant<Begin, Work, Commit, CommitFailure, Progress, WakeAt, End>;

enum class Phase : std::uint8_t { idle, beginning, working, committing, failing, over };

struct State {
  StepSettings settings{};
  std::vector<StoredStep> steps{};
  std::size_t at = 0;  ///< the step under way
  Phase phase = Phase::idle;
  Ticket ticket = 0;           ///< of what is out; others are ignored
  int failures = 0;            ///< of this step's work
  int delays = 0;              ///< in a row
  bool repaired = false;       ///< this step's one repair is used up
  Violations violations{};     ///< of the present answer
  Error error{};               ///< why the step fails
  std::optional<Time> wake{};  ///< set: nothing is out, the phase's effect is due then
};

/// Takes one event and says what to do. Late, doubled and unknown outcomes change nothing; nothing
/// happens after `End`. A commit that fails is tried again without limit: its words must not be
/// lost.
std::vector<Effect> next(State& state, const Event& event, Time now);

/// The error of a step whose answer claims what the profile does not contain, naming the first
/// claims.
Error untrue(KitStep step, const Violations& violations);

}  // namespace jobraker::workflows
