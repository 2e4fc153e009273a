#include "tools/ctl/screens.hpp"
#include "tools/ctl/units.hpp"

namespace jobraker::ctl {
namespace {

/// `0 */6 * * * UTC`, or `every 30 s`.
Cell timing(json::View schedule) {
  if (auto cron = schedule["cron"].string())
    return {std::string{*cron} + " " + schedule["time_zone"].string_or("")};
  if (schedule["every_s"].is_number())
    return {"every " + seconds(schedule["every_s"]).text};
  return {"by hand only", Style::dim};
}

Cell present(json::View schedule, const Look& look) {
  if (schedule["running_since"].is_string())
    return {"running for " + since(schedule["running_since"], look).text, Style::accent};
  if (schedule["paused"].boolean().value_or(false))
    return {"paused", Style::warn};
  if (!schedule["next_run_at"].is_string())
    return {"–", Style::dim};
  return {"next " + since(schedule["next_run_at"], look).text};
}

Table run_table(json::View runs) {
  Table table;
  table.column("STARTED").column("TOOK", Align::right).column("OUTCOME");
  table.column("BY", Align::left, true, Cut::middle)
    .spare(1)
    .column("DETAIL", Align::left, true)
    .least(16);
  table.column("RUN", Align::left, true, Cut::middle).spare(2);
  runs.each_element([&](json::View run) {
    Cell took{"–", Style::dim};
    auto from = parse_rfc3339(run["started_at"].string().value_or(""));
    auto to = parse_rfc3339(run["ended_at"].string().value_or(""));
    if (from && to)
      took = {duration((*to - *from).count())};
    table.row({when(run["started_at"]), took, state(run["outcome"]), any(run["by"]),
               any(run["detail"]), any(run["id"])});
  });
  return table;
}

}  // namespace

void show_schedules(json::View answer, Page& page) {
  Table table;
  table.column("NAME", Align::left, true)
    .least(23)
    .column("WHEN", Align::left, true)
    .least(14)
    .column("NOW");
  table.column("LAST RUN").spare(2).column("OUTCOME").column("RUNS", Align::right).spare(3);
  table.column("FAILED", Align::right)
    .spare(1)
    .column("TITLE", Align::left, true)
    .least(16)
    .spare(4);
  answer["items"].each_element([&](json::View one) {
    table.row({any(one["name"]), timing(one), present(one, page.look()),
               when(one["last_run"]["started_at"]), state(one["last_run"]["outcome"]),
               number(one["runs"]), bad_number(one["failures"]), any(one["title"])});
  });
  page.table(table, "There are no schedules.");
}

void show_schedule(json::View answer, Page& page) {
  page.line(any(answer["name"]).text, Style::bold);
  page.field("title", any(answer["title"])).field("when", timing(answer));
  page.field("now", present(answer, page.look())).field("next run", when(answer["next_run_at"]));
  page.field("runs", number(answer["runs"])).field("failed", bad_number(answer["failures"]));
  if (answer["last_run"].is_object()) {
    page.heading("Last run");
    show_run(answer["last_run"], page);
  }
}

void show_runs(json::View answer, Page& page) {
  page.table(run_table(answer["items"]), "It has never run.");
  say_more(answer, page);
}

void show_run(json::View answer, Page& page) {
  page.field("run", any(answer["id"])).field("schedule", any(answer["schedule"]));
  page.field("outcome", state(answer["outcome"])).field("started", when(answer["started_at"]));
  page.field("ended", when(answer["ended_at"])).field("by", any(answer["by"]));
  page.field("detail", any(answer["detail"]));
}

void show_batches(json::View answer, Page& page) {
  Table table;
  table.column("STARTED").column("KIND").column("STATE").column("DONE", Align::right);
  table.column("OF", Align::right).column("FAILED", Align::right).column("ENDED").spare(2);
  table.column("USER", Align::left, true, Cut::middle)
    .spare(1)
    .column("ID", Align::left, true, Cut::middle);
  answer["items"].each_element([&](json::View one) {
    table.row({when(one["started_at"]), any(one["kind"]), state(one["state"]), number(one["done"]),
               number(one["total"]), bad_number(one["failed"]), when(one["ended_at"]),
               any(one["user_id"]), any(one["id"])});
  });
  page.table(table, "No batch matches.");
  say_more(answer, page);
}

void show_applications(json::View answer, Page& page) {
  std::string counts;
  answer["counts"].each_member([&](std::string_view name, json::View value) {
    counts += (counts.empty() ? "" : "   ") + std::string{name} + " " + number(value).text;
  });
  if (!counts.empty())
    page.text(counts);
  Table table;
  table.column("STATE").column("FOR", Align::right).column("COMPANY", Align::left, true).least(12);
  table.column("TITLE", Align::left, true)
    .least(12)
    .column("TRIES", Align::right)
    .spare(2)
    .column("CHECK")
    .spare(1);
  table.column("STUCK", Align::left, true).column("ID", Align::left, true, Cut::middle);
  answer["items"].each_element([&](json::View one) {
    Cell stuck{};
    if (one["stuck"].boolean().value_or(false))
      stuck = {one["stuck_reason"].string_or("yes"), Style::bad};
    table.row({state(one["state"]), since(one["since"], page.look()), any(one["company"]),
               any(one["title"]), number(one["attempts"]), since(one["next_check_at"], page.look()),
               stuck, any(one["id"])});
  });
  page.table(table, "No application matches.");
  say_more(answer, page);
}

}  // namespace jobraker::ctl
