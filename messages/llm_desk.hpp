#pragma once

#include <optional>
#include <string>

#include "messages/actor.hpp"
#include "messages/chat_desk.hpp"

/// What operators ask about language models.
namespace jobraker {

/// The query of `GET /admin/llm/metrics`. Times are RFC 3339; the last 24 hours when left out.
struct AskLlmMetrics {
  static constexpr auto type_name = "AskLlmMetrics";
  std::optional<CompanyId> company_id{};
  std::optional<UserId> user_id{};
  std::optional<std::string> operation{};
  std::optional<std::string> model{};
  std::optional<Time> from{};
  std::optional<Time> to{};
  std::optional<std::string> group_by{};  ///< names with commas between: company, user, operation,
                                          ///< model, day, hour

  static constexpr auto fields() {
    return std::tuple{field("company_id", &AskLlmMetrics::company_id),
                      field("user_id", &AskLlmMetrics::user_id),
                      field("operation", &AskLlmMetrics::operation, {.max_length = 100}),
                      field("model", &AskLlmMetrics::model, {.max_length = 200}),
                      field("from", &AskLlmMetrics::from),
                      field("to", &AskLlmMetrics::to),
                      field("group_by", &AskLlmMetrics::group_by, {.max_length = 100})};
  }
};

/// The query of `GET /admin/llm/budgets`.
struct AskBudgets {
  static constexpr auto type_name = "AskBudgets";
  std::optional<std::string> scope{};  ///< global, company or user
  std::optional<std::string> scope_id{};
  static constexpr auto fields() {
    return std::tuple{field("scope", &AskBudgets::scope, {.max_length = 20}),
                      field("scope_id", &AskBudgets::scope_id, {.max_length = 40})};
  }
};

/// The body of `PUT /admin/llm/budgets`: sets one limit; null takes it away.
struct SetBudget {
  static constexpr auto type_name = "SetBudget";
  std::string scope{};
  std::optional<std::string> scope_id{};
  std::string period{};  ///< day or month
  std::optional<double> limit_usd{};

  static constexpr auto fields() {
    return std::tuple{field("scope", &SetBudget::scope, {.max_length = 20}),
                      field("scope_id", &SetBudget::scope_id, {.max_length = 40}),
                      field("period", &SetBudget::period, {.max_length = 20}),
                      field("limit_usd", &SetBudget::limit_usd, {.min = 0, .max = 9e7})};
  }
};

/// `/system/llm`: usage and budgets, for admins.
using LlmDeskActor = caf::typed_actor<caf::replies_to<Context, AskLlmMetrics>::with<JsonText>,
                                      caf::replies_to<Context, AskBudgets>::with<JsonText>,
                                      caf::replies_to<Context, SetBudget>::with<JsonText>>;

}  // namespace jobraker
