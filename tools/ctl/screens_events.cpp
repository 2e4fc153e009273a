#include "tools/ctl/screens.hpp"
#include "tools/ctl/units.hpp"

namespace jobraker::ctl {
namespace {

std::string joined(json::View list) {
  std::string out;
  list.each_element([&](json::View one) { out += (out.empty() ? "" : ", ") + any(one).text; });
  return out;
}

}  // namespace

void show_events(json::View answer, Page& page) {
  auto outbox = answer["outbox"];
  page.field("told to", any(outbox["target"]));
  page.field("this node", {outbox["leading"].boolean().value_or(false)
                             ? "tells them"
                             : "does not tell them; another one does, or nobody"});
  page.field("waiting", number(outbox["waiting"])).field("in flight", number(outbox["in_flight"]));
  page.field("oldest", seconds(outbox["oldest_seconds"])).field("told", number(outbox["told"]));
  page.heading("Consumers");
  Table table;
  table.column("NAME", Align::left, true).least(12).column("HANDLED", Align::right);
  table.column("REPEATED", Align::right).spare(3).column("FAILED", Align::right);
  table.column("DEAD", Align::right)
    .column("WAITING", Align::right)
    .spare(1)
    .column("LAG", Align::right);
  table.column("TOPICS", Align::left, true).spare(4);
  answer["consumers"].each_element([&](json::View one) {
    table.row({any(one["name"]),
               number(one["handled"]),
               number(one["repeated"]),
               bad_number(one["failures"], Style::warn),
               bad_number(one["dead"]),
               number(one["waiting"]),
               number(one["lag"]),
               {joined(one["topics"])}});
  });
  page.table(table, "Nobody listens on this node.");
  if (answer["dead_letters"].size() > 0)
    page.line("There are dead letters: jobrakerctl events dead", Style::warn);
}

void show_dead_letters(json::View answer, Page& page) {
  Table table;
  table.column("FAILED AT")
    .column("CONSUMER", Align::left, true)
    .spare(2)
    .column("TYPE", Align::left, true)
    .spare(3);
  table.column("TRIES", Align::right).spare(4).column("REPLAYED").spare(5).column("ID");
  table.column("WHY", Align::left, true).least(16);
  answer["dead_letters"].each_element([&](json::View one) {
    table.row({when(one["failed_at"]), any(one["consumer"]), any(one["type"]),
               number(one["attempts"]), when(one["replayed_at"]), any(one["id"]),
               any(one["reason"])});
  });
  page.table(table, "There is no dead letter.");
  if (auto next = answer["next"].string())
    page.line("more: --before '" + std::string{*next} + "'", Style::dim);
}

void show_replayed(json::View answer, Page& page) {
  page.line("It is in the outbox again.", Style::good);
  page.field("dead letter", any(answer["id"])).field("event", any(answer["event_id"]));
  page.field("consumer", any(answer["consumer"])).field("type", any(answer["type"]));
}

}  // namespace jobraker::ctl
