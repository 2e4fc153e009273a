#include "actors/workflows/core/steps.hpp"

#include <algorithm>

namespace jobraker::workflows {
namespace {

using Effects = std::vector<Effect>;

KitStep step_of(const State& state) { return kit_steps[state.at]; }

/// What the phase is waiting for, under a new ticket.
Effect effect_of(State& state) {
  auto ticket = ++state.ticket;
  state.wake.reset();
  switch (state.phase) {
  case Phase::beginning:
    return Begin{ticket, step_of(state)};
  case Phase::working:
    return Work{ticket, step_of(state), state.violations};
  case Phase::committing:
    return Commit{ticket, step_of(state)};
  default:
    return CommitFailure{ticket, step_of(state), state.error, state.violations};
  }
}

void enter(State& state, Phase phase, Effects& out) {
  state.phase = phase;
  state.delays = 0;
  out.push_back(effect_of(state));
}

void end(State& state, bool overtaken, Effects& out) {
  state.phase = Phase::over;
  out.push_back(End{overtaken});
}

void give_up(State& state, Error error, Effects& out) {
  state.error = std::move(error);
  enter(state, Phase::failing, out);
}

void begin_step(State& state, Effects& out) {
  state.failures = 0;
  state.repaired = false;
  state.violations.clear();
  out.push_back(Progress{step_of(state), static_cast<std::int64_t>(state.at)});
  if (state.steps[state.at].attempts >= state.settings.begins_max)
    return give_up(state,
                   Error{Errc::internal,
                         "the step was begun " + std::to_string(state.steps[state.at].attempts) +
                           " times without coming to an end",
                         {},
                         {}},
                   out);
  enter(state, Phase::beginning, out);
}

void start(State& state, const Start& event, Effects& out) {
  if (state.phase != Phase::idle)
    return;
  state.steps = event.steps;
  state.steps.resize(kit_steps.size());
  auto open = std::find_if(state.steps.begin(), state.steps.end(),
                           [](const StoredStep& step) { return step.state != KitStepState::done; });
  if (open == state.steps.end())
    return end(state, true, out);
  state.at = static_cast<std::size_t>(open - state.steps.begin());
  begin_step(state, out);
}

void worked(State& state, const Worked& event, Effects& out) {
  if (event.violations.empty()) {
    state.violations.clear();
    return enter(state, Phase::committing, out);
  }
  state.violations = event.violations;
  if (!state.repaired) {
    state.repaired = true;
    return enter(state, Phase::working, out);
  }
  give_up(state, untrue(step_of(state), state.violations), out);
}

void wait(State& state, const Error& error, Time now, Effects& out) {
  std::chrono::milliseconds delay =
    state.settings.retry_delay * (1LL << std::min(state.delays, 20));
  delay = std::min(delay, state.settings.retry_delay_max);
  if (error.retry_after)
    delay = std::clamp<std::chrono::milliseconds>(*error.retry_after, delay,
                                                  state.settings.retry_delay_max);
  ++state.delays;
  ++state.ticket;  // nothing is out
  state.wake = now + delay;
  out.push_back(WakeAt{*state.wake});
}

void failed(State& state, const Failed& event, Time now, Effects& out) {
  if (event.over)
    return end(state, true, out);
  bool commits = state.phase == Phase::committing || state.phase == Phase::failing;
  if (commits)
    return wait(state, event.error, now, out);
  if (state.phase == Phase::working)
    ++state.failures;
  if (!event.retryable || state.failures >= state.settings.attempts_max)
    return give_up(state, event.error, out);
  wait(state, event.error, now, out);
}

void committed(State& state, Effects& out) {
  if (state.phase == Phase::failing)
    return end(state, false, out);
  state.steps[state.at].state = KitStepState::done;
  if (state.at + 1 == kit_steps.size())
    return end(state, false, out);
  ++state.at;
  begin_step(state, out);
}

}  // namespace

std::vector<Effect> next(State& state, const Event& event, Time now) {
  Effects out;
  if (state.phase == Phase::over)
    return out;
  auto mine = [&](Ticket ticket) { return ticket == state.ticket && !state.wake; };
  if (auto* e = std::get_if<Start>(&event)) {
    start(state, *e, out);
  } else if (auto* begun = std::get_if<Begun>(&event)) {
    if (state.phase == Phase::beginning && mine(begun->ticket))
      enter(state, Phase::working, out);
  } else if (auto* done = std::get_if<Worked>(&event)) {
    if (state.phase == Phase::working && mine(done->ticket))
      worked(state, *done, out);
  } else if (auto* problem = std::get_if<Failed>(&event)) {
    if (state.phase != Phase::idle && mine(problem->ticket))
      failed(state, *problem, now, out);
  } else if (auto* stored = std::get_if<Committed>(&event)) {
    if ((state.phase == Phase::committing || state.phase == Phase::failing) && mine(stored->ticket))
      committed(state, out);
  } else if (state.wake && now >= *state.wake) {
    out.push_back(effect_of(state));
  }
  return out;
}

Error untrue(KitStep step, const Violations& violations) {
  constexpr std::size_t named = 3;
  std::string what = step == KitStep::generate_cover_letter ? "letter" : "résumé";
  Error error{Errc::upstream_failed,
              "the model's " + what + " claims what the profile does not contain, twice over: ",
              {},
              {}};
  for (std::size_t i = 0; i < violations.size(); ++i) {
    if (i < named)
      error.detail += (i ? "; " : "") + violations[i].detail;
    error.fields.push_back({violations[i].pointer, violations[i].detail});
  }
  if (violations.size() > named)
    error.detail += "; and " + std::to_string(violations.size() - named) + " more";
  return error;
}

}  // namespace jobraker::workflows
