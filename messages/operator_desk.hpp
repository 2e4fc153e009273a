#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/actor.hpp"
#include "messages/applications.hpp"
#include "messages/operator_users.hpp"
#include "messages/stuck.hpp"

/// What operators ask across all people: applications, calls of models, accounts. Ids, no personal
/// data.
namespace jobraker {

/// The query of `GET /admin/applications`. The latest change of status first; those that are stuck
/// the other way round.
struct WatchApplications {
  static constexpr auto type_name = "WatchApplications";
  std::optional<ApplicationStatus> state{};
  std::optional<bool> stuck{};
  std::int64_t limit = 100;
  std::optional<std::string> cursor{};
  static constexpr auto fields() {
    return std::tuple{field("state", &WatchApplications::state),
                      field("stuck", &WatchApplications::stuck),
                      optional_field("limit", &WatchApplications::limit, {.min = 1, .max = 1000}),
                      field("cursor", &WatchApplications::cursor, {.max_length = 100})};
  }
};

/// An application as an operator sees it.
struct WatchedApplication {
  static constexpr auto type_name = "WatchedApplication";
  ApplicationId id{};
  UserId user_id{};
  std::optional<JobId> job_id{};
  std::string company{};
  std::string title{};
  ApplicationStatus state = ApplicationStatus::draft;
  Time since{};  ///< it has this state
  bool stuck = false;
  std::optional<StuckReason> stuck_reason{};
  std::optional<std::string> run_id{};  ///< Skyvern's
  std::int64_t attempts = 0;            ///< how often somebody took the right to send it
  std::optional<Time> next_check_at{};  ///< when somebody has to look at it
  Time updated_at{};
  static constexpr auto fields() {
    return std::tuple{field("id", &WatchedApplication::id),
                      field("user_id", &WatchedApplication::user_id),
                      field("job_id", &WatchedApplication::job_id),
                      field("company", &WatchedApplication::company),
                      field("title", &WatchedApplication::title),
                      field("state", &WatchedApplication::state),
                      field("since", &WatchedApplication::since),
                      field("stuck", &WatchedApplication::stuck),
                      field("stuck_reason", &WatchedApplication::stuck_reason),
                      field("run_id", &WatchedApplication::run_id),
                      field("attempts", &WatchedApplication::attempts),
                      field("next_check_at", &WatchedApplication::next_check_at),
                      field("updated_at", &WatchedApplication::updated_at)};
  }
};

/// How many applications are in each state, and how many of all are stuck.
struct ApplicationCounts {
  static constexpr auto type_name = "ApplicationCounts";
  std::int64_t draft = 0;
  std::int64_t approved = 0;
  std::int64_t queued = 0;
  std::int64_t submitting = 0;
  std::int64_t submitted = 0;
  std::int64_t needs_input = 0;
  std::int64_t unknown = 0;
  std::int64_t failed = 0;
  std::int64_t interviewing = 0;
  std::int64_t offered = 0;
  std::int64_t rejected = 0;
  std::int64_t withdrawn = 0;
  std::int64_t stuck = 0;
  bool operator==(const ApplicationCounts&) const = default;
  static constexpr auto fields() {
    using C = ApplicationCounts;
    return std::tuple{field("draft", &C::draft),
                      field("approved", &C::approved),
                      field("queued", &C::queued),
                      field("submitting", &C::submitting),
                      field("submitted", &C::submitted),
                      field("needs_input", &C::needs_input),
                      field("unknown", &C::unknown),
                      field("failed", &C::failed),
                      field("interviewing", &C::interviewing),
                      field("offered", &C::offered),
                      field("rejected", &C::rejected),
                      field("withdrawn", &C::withdrawn),
                      field("stuck", &C::stuck)};
  }
};

/// The answer of `GET /admin/applications`.
struct WatchedApplicationPage {
  static constexpr auto type_name = "WatchedApplicationPage";
  std::vector<WatchedApplication> items{};
  std::optional<std::string> next{};
  ApplicationCounts counts{};
  static constexpr auto fields() {
    return std::tuple{field("items", &WatchedApplicationPage::items),
                      field("next", &WatchedApplicationPage::next),
                      field("counts", &WatchedApplicationPage::counts)};
  }
};

using ModelCallId = Id<struct ModelCallTag>;

enum class CallOrder : std::uint8_t { newest, slowest, costliest };
template <>
inline constexpr std::string_view enum_names<CallOrder>[] = {"newest", "slowest", "costliest"};

/// The query of `GET /admin/llm/calls`. Times are RFC 3339; the last 24 hours when left out.
struct ListModelCalls {
  static constexpr auto type_name = "ListModelCalls";
  CallOrder order = CallOrder::newest;
  std::optional<bool> failed{};
  std::optional<std::string> operation{};
  std::optional<std::string> model{};
  std::optional<std::string> provider{};
  std::optional<CompanyId> company_id{};
  std::optional<UserId> user_id{};
  std::optional<Time> from{};
  std::optional<Time> to{};
  std::int64_t limit = 100;
  std::optional<std::string> cursor{};
  static constexpr auto fields() {
    return std::tuple{optional_field("order", &ListModelCalls::order),
                      field("failed", &ListModelCalls::failed),
                      field("operation", &ListModelCalls::operation, {.max_length = 100}),
                      field("model", &ListModelCalls::model, {.max_length = 200}),
                      field("provider", &ListModelCalls::provider, {.max_length = 100}),
                      field("company_id", &ListModelCalls::company_id),
                      field("user_id", &ListModelCalls::user_id),
                      field("from", &ListModelCalls::from),
                      field("to", &ListModelCalls::to),
                      optional_field("limit", &ListModelCalls::limit, {.min = 1, .max = 1000}),
                      field("cursor", &ListModelCalls::cursor, {.max_length = 100})};
  }
};

/// One attempt to call a model, or one answer from the cache.
struct LoggedCall {
  static constexpr auto type_name = "LoggedCall";
  ModelCallId id{};
  Time at{};  ///< when it began
  std::string operation{};
  std::string provider{};
  std::string model{};
  std::string outcome{};  ///< a word: ok, cancelled, rate_limited, …
  std::int64_t latency_ms = 0;
  std::optional<std::int64_t> first_token_ms{};  ///< of a stream that gave one
  std::int64_t input = 0;                        ///< tokens
  std::int64_t cached = 0;                       ///< part of `input`
  std::int64_t output = 0;
  double cost_usd = 0;
  std::optional<std::string> error{};     ///< why it failed
  std::optional<std::string> trace_id{};  ///< W3C trace id, hexadecimal
  std::optional<UserId> user_id{};
  std::optional<CompanyId> company_id{};
  static constexpr auto fields() {
    return std::tuple{field("id", &LoggedCall::id),
                      field("at", &LoggedCall::at),
                      field("operation", &LoggedCall::operation),
                      field("provider", &LoggedCall::provider),
                      field("model", &LoggedCall::model),
                      field("outcome", &LoggedCall::outcome),
                      field("latency_ms", &LoggedCall::latency_ms),
                      field("first_token_ms", &LoggedCall::first_token_ms),
                      field("input", &LoggedCall::input),
                      field("cached", &LoggedCall::cached),
                      field("output", &LoggedCall::output),
                      field("cost_usd", &LoggedCall::cost_usd),
                      field("error", &LoggedCall::error),
                      field("trace_id", &LoggedCall::trace_id),
                      field("user_id", &LoggedCall::user_id),
                      field("company_id", &LoggedCall::company_id)};
  }
};

/// The answer of `GET /admin/llm/calls`.
struct LoggedCallPage {
  static constexpr auto type_name = "LoggedCallPage";
  std::vector<LoggedCall> items{};
  std::optional<std::string> next{};
  static constexpr auto fields() {
    return std::tuple{field("items", &LoggedCallPage::items), field("next", &LoggedCallPage::next)};
  }
};

/// `/system/operator`: lists for administrators; forbidden for others, invalid for a cursor that is
/// none, for a span of time that ends before it begins and for a `q` that can be nobody.
using OperatorDeskActor =
  caf::typed_actor<caf::replies_to<Context, WatchApplications>::with<WatchedApplicationPage>,
                   caf::replies_to<Context, ListModelCalls>::with<LoggedCallPage>,
                   caf::replies_to<Context, ListUsers>::with<ListedUserPage>>;

}  // namespace jobraker
