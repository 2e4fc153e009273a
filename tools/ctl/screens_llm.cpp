#include <cmath>

#include "tools/ctl/screens.hpp"
#include "tools/ctl/units.hpp"

namespace jobraker::ctl {
namespace {

/// Billionths of a dollar.
Cell nano(json::View value) {
  auto given = value.number();
  return given ? Cell{usd(*given / 1e9)} : any(value);
}

constexpr std::array groups{"at", "company_id", "user_id", "operation", "model"};

void add_sums(json::View sums, std::vector<Cell>& row) {
  for (auto name : {"calls"})
    row.push_back(number(sums[name]));
  row.push_back(bad_number(sums["errors"]));
  for (auto name : {"cache_hits", "tokens_in", "tokens_cached", "tokens_out"})
    row.push_back(number(sums[name]));
  row.push_back(nano(sums["cost_nano_usd"]));
  row.push_back(millis(sums["latency_ms_mean"]));
  row.push_back(millis(sums["first_token_ms_mean"]));
}

Cell group_cell(json::View group, std::string_view name) {
  return name == "at" ? when(group[name]) : any(group[name]);
}

/// How much of a budget is gone, in words and colour.
Cell used(json::View budget) {
  auto limit = budget["limit_usd"].number().value_or(0);
  auto spent =
    budget["spent_usd"].number().value_or(0) + budget["reserved_usd"].number().value_or(0);
  if (!(limit > 0) || !std::isfinite(spent / limit))
    return {"–", Style::dim};
  auto percent = spent / limit * 100;
  auto style = percent >= 100 ? Style::bad : percent >= 80 ? Style::warn : Style::good;
  return {decimal(percent) + " %", style};
}

}  // namespace

void show_llm_metrics(json::View answer, Page& page) {
  page.line(when(answer["from"]).text + " to " + when(answer["to"]).text, Style::dim);
  auto items = answer["items"];
  Table table;
  std::vector<std::string_view> present;
  for (std::string_view name : groups)
    if (items.at(0)[name]) {
      present.push_back(name);
      table.column(name == "at"           ? "FROM"
                   : name == "company_id" ? "COMPANY"
                   : name == "user_id"    ? "USER"
                   : name == "operation"  ? "OPERATION"
                                          : "MODEL",
                   Align::left, true);
    }
  if (present.empty())
    table.column("");
  for (auto title : {"CALLS", "ERRORS", "REUSED", "IN", "CACHED", "OUT", "COST", "TIME", "FIRST"})
    table.column(title, Align::right);
  items.each_element([&](json::View group) {
    std::vector<Cell> row;
    for (auto name : present)
      row.push_back(group_cell(group, name));
    if (present.empty())
      row.emplace_back();
    add_sums(group, row);
    table.row(std::move(row));
  });
  std::vector<Cell> totals{{"all", Style::bold}};
  totals.resize(std::max<std::size_t>(present.size(), 1));
  add_sums(answer["totals"], totals);
  table.row(std::move(totals));
  page.table(table, "");
}

void show_llm_calls(json::View answer, Page& page) {
  Table table;
  table.column("TIME")
    .column("OPERATION", Align::left, true)
    .least(10)
    .column("MODEL", Align::left, true)
    .least(12)
    .spare(1);
  table.column("OUTCOME").column("TOOK", Align::right).column("FIRST", Align::right).spare(5);
  table.column("IN", Align::right)
    .spare(3)
    .column("CACHED", Align::right)
    .spare(6)
    .column("OUT", Align::right)
    .spare(3);
  table.column("COST", Align::right).column("TRACE", Align::left, true).spare(2);
  table.column("ERROR", Align::left, true).least(12);
  answer["items"].each_element([&](json::View one) {
    Cell error{};
    if (one["error"].is_string())
      error = {any(one["error"]).text, Style::bad};
    table.row({when(one["at"]), any(one["operation"]), any(one["model"]), state(one["outcome"]),
               millis(one["latency_ms"]), millis(one["first_token_ms"]), number(one["input"]),
               number(one["cached"]), number(one["output"]), dollars(one["cost_usd"]),
               any(one["trace_id"]), error});
  });
  page.table(table, "No call matches.");
  say_more(answer, page);
}

void show_budgets(json::View answer, Page& page) {
  Table table;
  table.column("SCOPE").column("OF", Align::left, true, Cut::middle).column("EACH");
  table.column("LIMIT", Align::right).column("SPENT", Align::right);
  table.column("RESERVED", Align::right)
    .spare(2)
    .column("LEFT", Align::right)
    .column("USED", Align::right);
  table.column("NEW AT").spare(1);
  answer["items"].each_element([&](json::View one) {
    table.row({any(one["scope"]), any(one["scope_id"]), any(one["period"]),
               dollars(one["limit_usd"]), dollars(one["spent_usd"]), dollars(one["reserved_usd"]),
               dollars(one["left_usd"]), used(one), when(one["resets_at"])});
  });
  page.table(table, "No budget is set.");
  if (answer["alerts"].size() == 0)
    return;
  page.heading("Told lately");
  Table alerts;
  alerts.column("TIME").column("SCOPE").column("OF", Align::left, true, Cut::middle);
  alerts.column("EACH").column("REACHED", Align::right);
  answer["alerts"].each_element([&](json::View one) {
    alerts.row({when(one["at"]), any(one["scope"]), any(one["scope_id"]), any(one["period"]),
                figure(one["threshold"])});
  });
  page.table(alerts, "");
}

}  // namespace jobraker::ctl
