#include <charconv>
#include <cmath>

#include "messages/json.hpp"
#include "tools/ctl/commands.hpp"

namespace jobraker::ctl {
namespace {

constexpr const char* budgets_target = "/api/v1/admin/llm/budgets";

void declare_whose(Commands& c, CLI::App* command) {
  c.text(command, "--operation", c.given.operation, "only of this operation");
  c.text(command, "--model", c.given.model, "only with this model");
  c.text(command, "--company", c.given.company, "only of this company (id)");
  c.text(command, "--user", c.given.user, "only of this person (id)");
  c.text(command, "--from", c.given.from, "since: a time, or how long ago (2h, 7d)");
  c.text(command, "--to", c.given.to, "until");
}

Target& whose(Commands& c, Target& target) {
  target.maybe("operation", c.given.operation).maybe("model", c.given.model);
  target.maybe("company_id", c.given.company).maybe("user_id", c.given.user);
  return target.maybe("from", c.moment("--from", c.given.from))
    .maybe("to", c.moment("--to", c.given.to));
}

void metrics(Commands& c) {
  Target target{"/api/v1/admin/llm/metrics"};
  c.get(whose(c, target).maybe("group_by", c.given.group_by), show_llm_metrics);
}

void calls(Commands& c) {
  Target target{"/api/v1/admin/llm/calls"};
  whose(c, target).maybe("order", c.given.order).maybe("provider", c.given.provider);
  c.get(c.paged(c.failed_or_not(target)), show_llm_calls);
}

void declare_use(Commands& c) {
  auto* llm = c.command(&c.app, "llm", "What language models did and cost");
  llm->require_subcommand(1);
  auto* sums = c.command(llm, "metrics", "Sums of the last 24 hours, or of another time");
  declare_whose(c, sums);
  c.text(sums, "--group-by", c.given.group_by,
         "names with commas between: company, user, operation, model, day, hour");
  sums->callback([&c] { metrics(c); });
  auto* single = c.command(llm, "calls", "Single calls");
  declare_whose(c, single);
  c.text(single, "--provider", c.given.provider, "only of this provider");
  c.text(single, "--order", c.given.order, "newest, slowest or costliest first")
    ->check(CLI::IsMember({"newest", "slowest", "costliest"}));
  c.failed_flags(single);
  c.pages(single);
  single->callback([&c] { calls(c); });
}

/// A budget's limit as it goes into JSON: dollars, or `none`.
std::optional<double> limit_of(const std::string& text) {
  if (text == "none")
    return std::nullopt;
  double dollars = 0;
  auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), dollars);
  if (bad != std::errc{} || end != text.data() + text.size() || !std::isfinite(dollars) ||
      dollars < 0)
    throw CLI::ValidationError("USD", "is no amount of dollars, and not `none`");
  return dollars;
}

void set_budget(Commands& c) {
  auto limit = limit_of(c.given.limit_usd);
  if ((c.given.scope == "global") != c.given.scope_id.empty())
    throw CLI::ValidationError("--id", c.given.scope == "global"
                                         ? "is not for the global budget"
                                         : "says which company or user, and is missing");
  json::Writer w;
  w.begin_object().member("scope", std::string_view{c.given.scope});
  if (!c.given.scope_id.empty())
    w.member("scope_id", std::string_view{c.given.scope_id});
  w.member("period", std::string_view{c.given.period}).key("limit_usd");
  if (limit)
    w.value(*limit);
  else
    w.null();
  c.send(Verb::put, budgets_target, w.end_object().text(), show_budgets);
}

void declare_budgets(Commands& c) {
  auto* budgets = c.command(&c.app, "budgets", "What models may cost");
  budgets->require_subcommand(0, 1);
  auto read = [&c] {
    Target target{budgets_target};
    c.get(target.maybe("scope", c.given.scope).maybe("scope_id", c.given.scope_id), show_budgets);
  };
  budgets->callback([=] {
    if (budgets->get_subcommands().empty())
      read();
  });
  auto* list = c.command(budgets, "list", "Limits, and what is spent of them");
  c.text(list, "--scope", c.given.scope, "only global, company or user")
    ->check(CLI::IsMember({"global", "company", "user"}));
  c.text(list, "--id", c.given.scope_id, "only of this company or person");
  list->callback(read);
  auto* set = c.command(budgets, "set", "Set one limit, or take it away");
  set->add_option("SCOPE", c.given.scope, "global, company or user")
    ->required()
    ->check(CLI::IsMember({"global", "company", "user"}));
  set->add_option("PERIOD", c.given.period, "day or month")
    ->required()
    ->check(CLI::IsMember({"day", "month"}));
  set->add_option("USD", c.given.limit_usd, "dollars, or none")->required();
  c.text(set, "--id", c.given.scope_id, "which company or person");
  set->callback([&c] { set_budget(c); });
}

}  // namespace

void declare_llm(Commands& c) {
  declare_use(c);
  declare_budgets(c);
}

}  // namespace jobraker::ctl
