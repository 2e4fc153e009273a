#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/llm/core/limiter.hpp"
#include "messages/handles.hpp"
#include "messages/matching.hpp"
#include "messages/model.hpp"
#include "storage/llm_budgets.hpp"
#include "storage/llm_calls.hpp"

/// How the gateway's actors speak with the coroutine that makes a call. Everything here stays
/// inside actors/llm.
namespace jobraker::llm {

/// Asks for the permission to make one attempt; answered when there is room. unavailable: the queue
/// is full or the model's breaker is open (`retry_after` says until when).
struct Admit {
  static constexpr auto type_name = "Admit";
  std::string model{};
  Priority priority = Priority::interactive;
  std::int64_t tokens = 0;  ///< expected, in and out
  std::string tenant{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// The permission; it must be given back by `Ended`.
struct Permit {
  static constexpr auto type_name = "Permit";
  std::int64_t id = 0;
  static constexpr auto fields() { return std::tuple{}; }
};

/// How an attempt ended, as far as limits and breaker are concerned.
enum class AttemptEnd : std::uint8_t {
  good,
  not_sent,   ///< gave the permission back unused
  failed,     ///< the provider's fault
  neutral,    ///< cancelled, or our own fault
  quota,      ///< the account is empty
  missing,    ///< no such model
  limited,    ///< too many for the provider
  slow_down,  ///< too many too suddenly
};

/// INTERNAL: the attempt is over.
struct Ended {
  static constexpr auto type_name = "Ended";
  std::int64_t permit = 0;
  std::int64_t used_tokens = 0;
  AttemptEnd end = AttemptEnd::good;
  std::optional<std::chrono::milliseconds> retry_after{};
  ProviderLimits limits{};  ///< from the response's headers
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/integrations/openai`, `/integrations/anthropic`: who may call now.
using ProviderActor = caf::typed_actor<caf::replies_to<Context, Admit>::with<Permit>,
                                       caf::reacts_to<Ended>, caf::reacts_to<Tick>>;

/// Asks to reserve the worst case of one attempt.
struct Reserve {
  static constexpr auto type_name = "Reserve";
  storage::SpendingWish wish{};
  Priority priority = Priority::interactive;  ///< who is served first when several wait
  static constexpr auto fields() { return std::tuple{}; }
};

/// What the budgets said.
struct Reserved {
  static constexpr auto type_name = "Reserved";
  storage::BudgetAnswer answer{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: what the attempt has cost.
struct Settle {
  static constexpr auto type_name = "Settle";
  storage::Settlement settlement{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: what has been gathered is written down.
struct SettleNow {
  static constexpr auto type_name = "SettleNow";
  static constexpr auto fields() { return std::tuple{}; }
};

/// Asks to write down everything that is known; answered when it is committed.
struct Flush {
  static constexpr auto type_name = "Flush";
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/system/budgets`: reservations and settlements of this node, many in one transaction.
using BudgetActor =
  caf::typed_actor<caf::replies_to<Context, Reserve>::with<Reserved>, caf::reacts_to<Settle>,
                   caf::reacts_to<SettleNow>, caf::replies_to<Context, Flush>::with<Ok>,
                   caf::reacts_to<Tick>>;

/// INTERNAL: one attempt, for the log.
struct LogCall {
  static constexpr auto type_name = "LogCall";
  storage::CallRecord record{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/system/llm-log`: writes the call log in batches over a pool of its own.
using CallLogActor =
  caf::typed_actor<caf::reacts_to<LogCall>, caf::replies_to<Context, Flush>::with<Ok>,
                   caf::reacts_to<Tick>>;

/// What a provider answered to any kind of call.
struct WireReply {
  ModelReply reply{};                         ///< of a chat completion; its usage and model of all
  std::vector<Embedding> vectors{};           ///< of an embeddings call
  std::vector<ModerationVerdict> verdicts{};  ///< of a moderation
};

/// Asks whether this very call is known or under way. `lead` in the answer: make it, and tell by
/// `Learnt`.
struct Recall {
  static constexpr auto type_name = "Recall";
  std::string key{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// Known (`reply`), or the asker shall make the call.
struct Recalled {
  static constexpr auto type_name = "Recalled";
  std::shared_ptr<const WireReply> reply{};
  bool shared = false;  ///< somebody else's call, made at the same time
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: how the call one leads has ended; without a reply it failed with `error`.
struct Learnt {
  static constexpr auto type_name = "Learnt";
  std::string key{};
  std::shared_ptr<const WireReply> reply{};
  Error error{};
  std::chrono::seconds keep{0};  ///< 0: only those who wait get it
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/system/llm-cache`: identical calls in flight are one; answers of cacheable operations.
using CacheActor =
  caf::typed_actor<caf::replies_to<Context, Recall>::with<Recalled>, caf::reacts_to<Learnt>>;

}  // namespace jobraker::llm
