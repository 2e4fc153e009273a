#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/llm/core/operations.hpp"
#include "actors/llm/llm_handles.hpp"
#include "actors/system/services.hpp"
#include "config/llm_tables.hpp"
#include "messages/matching.hpp"
#include "messages/model.hpp"
#include "messages/task.hpp"
#include "net/client/cancel.hpp"

namespace jobraker::storage {
class Databases;
}

/// The one way to language models. A call is admitted by its provider's actor (queue, limits,
/// breaker), its worst case is reserved by the budgets' actor, its true cost is settled and logged;
/// fall-back models and retries are tried within the caller's deadline.
namespace jobraker::llm {

/// Which company a person's calls count to, remembered for a minute.
class CompanyMemory {
public:
  struct Entry {
    std::optional<CompanyId> company{};
    Context::Clock::time_point until{};
  };
  std::optional<Entry> find(const UserId& user);
  void keep(const UserId& user, std::optional<CompanyId> company);

private:
  std::mutex mutex_;
  std::unordered_map<UserId, Entry> entries_;
};

/// What the gateway consists of. Built by the server's wiring.
struct Gateway {
  LlmTables tables{};
  DefaultModels defaults{};
  storage::Databases& log_databases;
  CompanyMemory companies{};
  std::function<Result<ProviderActor>(ModelProvider)> provider{};
  std::function<Result<BudgetActor>()> budgets{};
  std::function<Result<CallLogActor>()> call_log{};
  std::function<Result<CacheActor>()> cache{};
};

/// What a streamed call tells while it runs, on the caller's I/O thread.
struct ModelEvent {
  enum class Kind : std::uint8_t {
    text,     ///< `text` follows what came before
    restart,  ///< what came before is void: another attempt or model begins anew
  };
  Kind kind = Kind::text;
  std::string_view text{};
};

/// Makes sure that it is known which company a person's calls count to, for a minute.
task<Done> know_payer(Services& services, UserId user);

/// One question to a model.
struct ModelCall {
  std::string operation{};
  std::vector<ModelMessage> messages{};  ///< behind the operation's own prompt
  std::vector<ToolSpec> tools{};
  std::optional<UserId> user{};  ///< whose budget and tenant; none: the system's
  std::optional<net::CancelToken> cancel{};
  std::function<void(const ModelEvent&)> on_event{};  ///< set: the answer is streamed
};

/// What came of it, all attempts together.
struct ModelOutcome {
  ModelReply reply{};
  std::string model{};
  TokenUsage usage{};
  std::int64_t cost_nano = 0;  ///< nano-dollars, of failed attempts too
  bool cached = false;
};

/// Asks a model. For an operation with a schema the reply's text is a JSON answer that is neither
/// cut nor refused, else upstream_failed; whether it keeps to the schema is the caller's to check.
/// rate_limited: a budget is used up (`retry_after`: when it starts anew); unavailable: the queue
/// is full, or no model of the operation answers; upstream_failed, upstream_timed_out, timed_out,
/// cancelled.
task<Result<ModelOutcome>> ask_model(Services& services, Context context, ModelCall call);

/// The similarity vectors of texts, any number of them, none empty. `priority`: another than the
/// operation's, where a person waits.
task<Result<std::vector<Embedding>>> embed_texts(Services& services, Context context,
                                                 std::vector<std::string> texts,
                                                 std::optional<UserId> user = {},
                                                 std::optional<Priority> priority = {});

/// Verdicts on texts, in their order. Empty texts are not flagged.
task<Result<std::vector<ModerationVerdict>>> moderate(Services& services, Context context,
                                                      std::vector<std::string> texts,
                                                      std::optional<UserId> user = {});

}  // namespace jobraker::llm
