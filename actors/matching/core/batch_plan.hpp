#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "actors/matching/core/score_prompt.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"

/// What a scoring run decides: a pure function of (state, event, now). The batch actor keeps the
/// state, performs the effects and turns their outcomes into events.
namespace jobraker::matching::batch {

struct Settings {
  std::size_t jobs_per_prompt = 5;
  std::size_t calls_in_flight = 5;
  int attempts_max = 3;                        ///< model calls an item may take part in
  double threshold = 60;                       ///< what counts as a match in the report
  std::chrono::milliseconds retry_delay{500};  ///< doubles with each attempt
  std::chrono::milliseconds retry_delay_max{30'000};
};

/// A model call of this run; never used twice.
using GroupId = std::uint32_t;

// Events.

/// Begins or, after a crash, begins again: `jobs` in the order to ask about, and those of them that
/// were scored and stored before (whatever their score), which are not asked about again.
struct Start {
  std::vector<JobId> jobs{};
  std::vector<JobId> already{};
};
/// The model answered; what it left out is in `missing` or simply absent.
struct Answer {
  GroupId group = 0;
  std::vector<ScoredJob> scores{};
};
/// The call failed, or its answer was not usable at all. `retry_after` comes from the provider.
struct Failure {
  GroupId group = 0;
  bool retryable = true;
  std::string reason{};
  std::chrono::milliseconds retry_after{0};
};
/// These are committed.
struct Stored {
  std::vector<JobId> jobs{};
};
/// These could not be committed now; they are stored again at the next `Tick` that is due.
struct StoreFailed {
  std::vector<JobId> jobs{};
};
/// The time of a `WakeAt` has come (too early or too often does no harm).
struct Tick {};
/// Stop: nothing more is asked; what is being answered is still stored.
struct Cancel {};
using Event = std::variant<Start, Answer, Failure, Stored, StoreFailed, Tick, Cancel>;

// Effects.

/// Ask the model about these postings in one prompt; answer with `Answer` or `Failure` of the
/// group.
struct AskModel {
  GroupId group = 0;
  std::vector<JobId> jobs{};
};
/// Commit these in one transaction, low scores too: their rows are what a resumed run skips.
struct Store {
  std::vector<ScoredJob> scores{};
};
struct Progress {
  std::size_t done = 0;  ///< stored or failed, those of an earlier run included
  std::size_t total = 0;
  std::size_t failed = 0;
  bool operator==(const Progress&) const = default;
};
/// Send a `Tick` at this time.
struct WakeAt {
  Time time{};
};
struct FailedItem {
  JobId job{};
  std::string reason{};
  bool operator==(const FailedItem&) const = default;
};
/// The last effect of a run, exactly once.
struct Finish {
  std::size_t total = 0;
  std::size_t already = 0;          ///< scored by an earlier run
  std::size_t scored = 0;           ///< scored and stored by this one
  std::size_t above_threshold = 0;  ///< of these, the matches
  bool cancelled = false;
  std::vector<FailedItem> failed{};
};
using Effect = std::variant<AskModel, Store, Progress, WakeAt, Finish>;

enum class Phase : std::uint8_t { pending, in_flight, storing, unstored, stored, failed };

/// One posting of the run.
struct Item {
  JobId job{};
  Phase phase = Phase::pending;
  int attempts = 0;
  bool earlier = false;  ///< stored by an earlier run
  Time not_before = Time::min();
  std::string reason{};  ///< of the last failure
  ScoredJob score{};     ///< while it is being stored
  bool above = false;
};

struct State {
  Settings settings{};
  std::vector<Item> items{};                             ///< in the order to ask about
  std::map<JobId, std::size_t> index{};                  ///< into `items`
  std::map<GroupId, std::vector<std::size_t>> groups{};  ///< model calls in flight
  GroupId next_group = 1;
  bool started = false;
  bool finished = false;
  bool cancelled = false;
  Progress reported{};
};

/// Takes one event and says what to do. Late, doubled and unknown answers change nothing; nothing
/// happens after `Finish`.
std::vector<Effect> next(State& state, const Event& event, Time now);

}  // namespace jobraker::matching::batch
