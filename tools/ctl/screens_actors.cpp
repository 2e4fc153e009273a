#include <algorithm>

#include "tools/ctl/screens.hpp"
#include "tools/ctl/units.hpp"

namespace jobraker::ctl {
namespace {

/// What an actor does, or waits for, at this moment.
Cell doing(json::View row) {
  if (auto running = row["running_us"].integer())
    return {"running for " + duration(*running), Style::accent};
  auto waiting = any(row["waiting_on"]);
  return row["waiting_on"].is_string() ? waiting : Cell{};
}

Table message_table(json::View messages) {
  Table table;
  table.column("TIME").column("MESSAGE", Align::left, true).column("WAIT", Align::right).spare(4);
  table.column("RUN", Align::right).column("BYTES", Align::right).spare(5);
  table.column("FROM", Align::left, true, Cut::middle)
    .least(12)
    .spare(3)
    .column("TRACE", Align::left, true)
    .spare(1);
  messages.each_element([&](json::View one) {
    bool failed = one["failed"].boolean().value_or(false);
    auto name = any(one["type"]);
    if (failed)
      name = {name.text + " (failed)", Style::bad};
    table.row({when(one["at"]), name, micros(one["wait_us"]), micros(one["run_us"]),
               number(one["bytes"]), any(one["sender"]), any(one["trace_id"])});
  });
  return table;
}

void show_histogram(json::View histogram, Page& page) {
  auto counts = histogram["counts"];
  auto bounds = histogram["bounds_us"];
  std::int64_t most = 0;
  counts.each_element([&](json::View n) { most = std::max(most, n.integer().value_or(0)); });
  if (most <= 0)
    return;
  page.heading("How long its handlers ran");
  Table table;
  table.column("UP TO", Align::right)
    .column("MESSAGES", Align::right)
    .column("", Align::left, true);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    auto n = std::clamp<std::int64_t>(counts.at(i).integer().value_or(0), 0, most);
    auto bound = i < bounds.size() ? micros(bounds.at(i)) : Cell{"more", {}};
    std::string bar;
    for (double filled = 0; filled < 30 * static_cast<double>(n) / static_cast<double>(most);
         filled += 1)
      bar += "█";
    table.row({bound, number(counts.at(i)), {bar, Style::accent}});
  }
  page.table(table, "");
}

void show_row(json::View row, Page& page) {
  page.field("kind", any(row["kind"])).field("state", state(row["state"]));
  if (auto now = doing(row); !now.text.empty())
    page.field("now", now);
  page.field("mailbox", bad_number(row["mailbox"], Style::warn));
  page.field("messages", number(row["messages"])).field("per second", figure(row["rate"]));
  page.field("busy", micros(row["busy_us"])).field("mean wait", micros(row["wait_us_mean"]));
  page.field("failures", bad_number(row["failures"])).field("dropped", bad_number(row["dropped"]));
  page.field("restarts", bad_number(row["restarts"])).field("born", when(row["born_at"]));
  page.field("memory", memory(row["bytes"]));
}

}  // namespace

Table actor_table(json::View rows, const Look& look, std::size_t from, std::size_t most) {
  Table table;
  table.column("PATH", Align::left, true, Cut::middle)
    .least(24)
    .column("KIND", Align::left, true)
    .spare(3);
  table.column("STATE").column("MAILBOX", Align::right).column("MSGS", Align::right);
  table.column("MSG/S", Align::right)
    .column("BUSY", Align::right)
    .spare(1)
    .column("WAIT", Align::right)
    .spare(6);
  table.column("FAIL", Align::right)
    .spare(2)
    .column("RST", Align::right)
    .spare(5)
    .column("AGE", Align::right)
    .spare(4);
  table.column("MEM", Align::right).spare(7).column("NOW", Align::left, true).least(12);
  auto end = most == unlimited ? rows.size() : std::min(rows.size(), from + most);
  for (std::size_t i = from; i < end; ++i) {
    auto row = rows.at(i);
    table.row({any(row["path"]), any(row["kind"]), state(row["state"]),
               bad_number(row["mailbox"], Style::warn), number(row["messages"]),
               figure(row["rate"]), micros(row["busy_us"]), micros(row["wait_us_mean"]),
               bad_number(row["failures"]), bad_number(row["restarts"]),
               since(row["born_at"], look), memory(row["bytes"]), doing(row)});
  }
  return table;
}

void show_actors(json::View answer, Page& page) {
  page.table(actor_table(answer["items"], page.look()), "No actor matches.");
  auto total = answer["total"].integer().value_or(0);
  if (static_cast<std::size_t>(std::max<std::int64_t>(total, 0)) > answer["items"].size())
    page.line(std::to_string(answer["items"].size()) + " of " + count(total), Style::dim);
  say_more(answer, page);
}

void show_tree(json::View answer, Page& page) {
  page.line(any(answer["path"]).text, Style::bold);
  Table table;
  table.column("BELOW IT", Align::left, true, Cut::middle)
    .least(16)
    .column("KIND", Align::left, true)
    .spare(3);
  table.column("ACTORS", Align::right).column("RUNNING", Align::right);
  table.column("MAILBOX", Align::right).column("MSGS", Align::right);
  table.column("FAIL", Align::right).spare(1).column("RST", Align::right).spare(2);
  auto children = answer["children"];
  for (std::size_t i = 0; i < children.size(); ++i) {
    auto child = children.at(i);
    bool last = i + 1 == children.size();
    auto name = any(child["name"]).text + (child["leaf"].boolean().value_or(true) ? "" : "/");
    table.row({{(last ? "└ " : "├ ") + name},
               any(child["kind"]),
               number(child["actors"]),
               number(child["running"]),
               bad_number(child["mailbox"], Style::warn),
               number(child["messages"]),
               bad_number(child["failures"]),
               bad_number(child["restarts"])});
  }
  page.table(table, "Nothing is below it.");
  auto total = answer["total"].integer().value_or(0);
  if (static_cast<std::size_t>(std::max<std::int64_t>(total, 0)) > children.size())
    page.line(std::to_string(children.size()) + " of " + count(total) + " children", Style::dim);
}

void show_actor(json::View answer, Page& page) {
  auto row = answer["actor"];
  page.line(any(row["path"]).text, Style::bold);
  show_row(row, page);
  page.field("children", number(answer["children"]));
  page.heading("What it says of itself");
  if (answer["summary"].is_object())
    answer["summary"].each_member(
      [&](std::string_view name, json::View value) { page.field(name, any(value)); });
  else
    page.line(any(answer["summary_note"]).text, Style::dim);
  if (answer["pending"].size() > 0) {
    page.heading("Under way");
    Table table;
    table.column("KIND").column("WHAT", Align::left, true).column("FOR", Align::right);
    table.column("TRACE", Align::left, true);
    answer["pending"].each_element([&](json::View one) {
      table.row(
        {any(one["kind"]), any(one["name"]), micros(one["since_us"]), any(one["trace_id"])});
    });
    page.table(table, "");
  }
  show_histogram(answer["handler_histogram"], page);
  page.heading("Its last messages");
  page.table(message_table(answer["messages"]), "None.");
}

void show_dead(json::View answer, Page& page) {
  answer["items"].each_element([&](json::View one) {
    bool crashed = one["crashed"].boolean().value_or(false);
    page.heading(any(one["path"]).text);
    page.field("kind", any(one["kind"]));
    page.field("ended", {any(one["reason"]).text, crashed ? Style::bad : Style::plain});
    page.field("lived", {when(one["born_at"]).text + " to " + when(one["died_at"]).text});
    page.field("messages", number(one["messages"])).field("failures", bad_number(one["failures"]));
    if (one["last_messages"].size() > 0)
      page.table(message_table(one["last_messages"]), "");
  });
  if (answer["items"].size() == 0)
    page.line("No actor has ended that is still remembered.", Style::dim);
  say_more(answer, page);
}

void show_done(json::View answer, Page& page) {
  page.line(any(answer["action"]).text + ": " + number(answer["count"]).text + " told",
            Style::good);
  answer["paths"].each_element([&](json::View path) { page.line("  " + any(path).text); });
  auto count = answer["count"].integer().value_or(0);
  if (count > static_cast<std::int64_t>(answer["paths"].size()))
    page.line("  and more", Style::dim);
}

void show_alarms(json::View answer, Page& page) {
  Table table;
  table.column("LEVEL").column("KIND").column("FOR", Align::right).spare(2);
  table.column("PATH", Align::left, true, Cut::middle)
    .least(20)
    .column("WHAT", Align::left, true)
    .least(24);
  answer["items"].each_element([&](json::View one) {
    table.row({state(one["level"]), any(one["kind"]), since(one["since"], page.look()),
               any(one["path"]), any(one["detail"])});
  });
  page.table(table, "No alarm is on.");
}

}  // namespace jobraker::ctl
