#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/llm/attempt.hpp"
#include "actors/llm/payer.hpp"
#include "storage/llm_calls.hpp"

/// A call's way through attempts and models, until one answers.
namespace jobraker::llm {

/// A request as one model is sent it, and what makes it this call.
struct Prepared {
  const ModelInfo* model = nullptr;
  WireRequest wire{};
  std::string key{};
};

/// One call on its way through attempts and models.
struct Journey {
  Services& services;
  const Operation& operation;
  Context context{};
  Payer payer{};
  Question question{};
  Priority priority = operation.priority;
  std::optional<net::CancelToken> cancel{};
  std::function<void(const ModelEvent&)> on_event{};
  // What has happened so far:
  std::optional<Prepared> prepared{};  ///< the latest
  bool economy = false;
  std::int64_t attempts = 0;
  bool shown = false;  ///< text of an attempt that failed has been told
  std::int64_t cost_nano = 0;
  TokenUsage usage{};
  std::string model{};
};

/// What to do after an attempt that did not succeed.
enum class Next : std::uint8_t { again, next_model, next_provider, economy, give_up };

struct Step {
  std::shared_ptr<WireReply> reply{};
  Error error{};
  Next next = Next::give_up;
  std::optional<std::chrono::milliseconds> wait{};
  bool shut = false;  ///< not even tried: the queue is full or the breaker open
};

/// The call of an operation; its deadline is the caller's, at most the operation's.
Journey journey_of(Services& services, const Operation& operation, Context context, Payer payer);

/// Of one attempt: the operation's, at most the configuration's.
std::chrono::milliseconds timeout_of(const Journey& journey);

bool cancelled(const Journey& journey);

/// The request to a model; written anew only when the last one was to another.
const Prepared& prepared(Journey& journey, const Candidate& candidate);

/// One attempt with one model, from its permission to its row in the log.
task<Step> one_attempt(Journey& journey, const Candidate& candidate);

/// Tries the models, and once more when all that stood in the way was a breaker that opens again
/// well within the deadline.
task<Result<std::shared_ptr<WireReply>>> travel(Journey& journey);

/// The same behind the cache: identical calls in flight are one, and some answers are kept.
task<Result<std::shared_ptr<const WireReply>>> travel_once(Journey& journey);

/// A row for the log of calls, with what is known before the attempt.
storage::CallRecord record_of(const Journey& journey, ModelProvider provider,
                              const std::string& model);
void log_call(Journey& journey, storage::CallRecord record);
/// The row of an attempt that was made; `cost` in nano-dollars.
void log_attempt(Journey& journey, const WireRequest& wire, const AttemptResult& result, Time began,
                 std::int64_t cost);

}  // namespace jobraker::llm
