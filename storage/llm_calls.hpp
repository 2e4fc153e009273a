#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"
#include "storage/session.hpp"

namespace jobraker {

/// By what metrics of model calls can be grouped. `day` and `hour` are in UTC; at most one of them.
enum class MetricsGroup : std::uint8_t { company, user, operation, model, day, hour };
template <>
inline constexpr std::string_view enum_names<MetricsGroup>[] = {"company", "user", "operation",
                                                                "model",   "day",  "hour"};

}  // namespace jobraker

/// The log of model calls, one row an attempt, and its roll-ups.
namespace jobraker::storage {

/// One attempt to call a model (or one answer from the cache).
struct CallRecord {
  Uuid id{};  ///< of the attempt; a second record with it is not stored
  Time at{};  ///< when it began
  std::string operation{};
  std::string provider{};
  std::string model{};
  std::optional<UserId> user_id{};
  std::optional<CompanyId> company_id{};
  std::int64_t tokens_in = 0;
  std::int64_t tokens_cached = 0;  ///< part of tokens_in
  std::int64_t tokens_out = 0;
  std::int64_t cost_nano = 0;  ///< nano-dollars
  bool estimated = false;      ///< tokens are our count, not the provider's
  std::int64_t latency_ms = 0;
  std::optional<std::int64_t> first_token_ms{};  ///< of a stream that gave one
  std::string outcome{};                         ///< a word: ok, cancelled, rate_limited, …
  bool cache_hit = false;
  std::int64_t attempt = 1;
  std::string prompt_version{};
  std::string trace_id{};              ///< W3C trace id, hexadecimal
  std::optional<std::string> error{};  ///< why it failed; the attempt counts as an error when set
};

/// Stores calls and adds them to the hourly roll-up in one statement, which is one transaction. A
/// call whose id is stored already is left out of both, so that a batch can be sent again. With
/// `tell` each new one is also told, as an LlmCall, in the same transaction; nothing in the server
/// listens, so this is for when events leave it. Answers how many were new.
task<Result<std::size_t>> append_calls(Session& session, std::vector<CallRecord> calls,
                                       bool tell = false);

/// Sums over a set of calls.
struct UsageSums {
  std::int64_t calls = 0;
  std::int64_t errors = 0;
  std::int64_t cache_hits = 0;
  std::int64_t tokens_in = 0;
  std::int64_t tokens_cached = 0;
  std::int64_t tokens_out = 0;
  std::int64_t cost_nano = 0;
  std::int64_t latency_ms_sum = 0;
  std::int64_t first_token_ms_sum = 0;
  std::int64_t first_tokens = 0;  ///< calls that first_token_ms_sum is made of
  bool operator==(const UsageSums&) const = default;
};

/// Which calls, and by what to group them; without groups there is one row at most.
struct MetricsQuery {
  std::optional<CompanyId> company{};
  std::optional<UserId> user{};
  std::optional<std::string> operation{};
  std::optional<std::string> model{};
  Time from{};  ///< inclusive
  Time to{};    ///< exclusive
  std::vector<MetricsGroup> group_by{};
};

/// One group; what it is not grouped by is nullopt, and so are company and user of calls that have
/// none.
struct MetricsRow {
  std::optional<CompanyId> company{};
  std::optional<UserId> user{};
  std::optional<std::string> operation{};
  std::optional<std::string> model{};
  std::optional<Time> at{};  ///< the beginning of the day or hour
  UsageSums sums{};
};

struct LlmMetrics {
  std::vector<MetricsRow> rows{};  ///< by time, then by cost, the highest first
  UsageSums totals{};
};

/// More groups than this are Errc::too_large: ask for less.
inline constexpr std::size_t metrics_rows_max = 10'000;

/// Usage within [from, to): whole hours from the roll-ups, the parts of hours at the edges from the
/// log itself. Errc::invalid when `to` is not after `from`, or for both day and hour.
task<Result<LlmMetrics>> llm_metrics(Session& session, MetricsQuery query);

/// Deletes up to `limit` calls of the log that began before `before`; the roll-ups stay, and from
/// then on only whole hours can be asked for of that time. Answers how many.
task<Result<std::size_t>> forget_calls(Session& session, Time before, std::int64_t limit);

}  // namespace jobraker::storage
