#include "tools/ctl/screens.hpp"
#include "tools/ctl/units.hpp"

namespace jobraker::ctl {
namespace {

/// `1204 requests, 3 running`: members of an object in words; a dash when there is no object.
struct Words {
  json::View of;
  std::string text{};

  Words& add(std::string_view member, std::string_view word, Cell (*shown)(json::View) = number) {
    if (!of.is_object())
      return *this;
    text += (text.empty() ? "" : ", ") + shown(of[member]).text + " " + std::string{word};
    return *this;
  }
  Cell cell() const { return text.empty() ? Cell{"–", Style::dim} : Cell{text}; }
};

std::string milliseconds(json::View view, std::string_view name) { return millis(view[name]).text; }

}  // namespace

void show_overview(json::View answer, Page& page) {
  page.field("up for", seconds(answer["uptime_s"]));
  page.field("actors", Words{answer["actors"]}
                         .add("live", "live")
                         .add("running", "running")
                         .add("mailbox", "messages wait")
                         .add("births", "births")
                         .add("crashes", "crashes")
                         .cell());
  auto http = answer["http"];
  page.field("http", Words{http}
                       .add("requests", "requests")
                       .add("per_s", "a second", figure)
                       .add("running", "running")
                       .add("errors_5xx", "failed")
                       .cell());
  if (http.is_object())
    page.field("", {"half within " + milliseconds(http, "p50_ms") + ", 99 % within " +
                    milliseconds(http, "p99_ms")});
  auto sql = answer["sql"];
  page.field("sql", Words{sql}
                      .add("statements", "statements")
                      .add("failures", "failed")
                      .add("waiting", "waiting")
                      .cell());
  if (sql.is_object())
    page.field("", {number(sql["connections_up"]).text + " of " + number(sql["connections"]).text +
                    " connections up"});
  auto events = answer["events"];
  page.field("events", Words{events}
                         .add("outbox", "in the outbox", figure)
                         .add("lag", "behind", figure)
                         .add("dead_letters", "dead letters wait", figure)
                         .cell());
  if (events["oldest_s"].number().value_or(0) > 0)
    page.field("", {"the oldest waits for " + seconds(events["oldest_s"]).text});
  page.field("cost today", {dollars(answer["cost"]["today_usd"]).text + " of " +
                            dollars(answer["cost"]["budget_usd"]).text});
  page.heading("Upstreams");
  Table table;
  table.column("NAME", Align::left, true).column("STATE").column("FOR", Align::right);
  answer["upstreams"].each_element([&](json::View one) {
    table.row({any(one["name"]), state(one["state"]), since(one["since"], page.look())});
  });
  page.table(table, "None.");
  page.heading("Alarms");
  Table alarms;
  alarms.column("LEVEL").column("KIND").column("PATH", Align::left, true, Cut::middle).least(20);
  alarms.column("WHAT", Align::left, true).least(24);
  answer["alarms"].each_element([&](json::View one) {
    alarms.row({state(one["level"]), any(one["kind"]), any(one["path"]), any(one["detail"])});
  });
  page.table(alarms, "No alarm is on.");
}

void show_health(json::View answer, Page& page) {
  page.field("status", state(answer["status"]));
  Table table;
  table.column("NEEDS", Align::left, true).column("STATE").column("FOR", Align::right);
  table.column("WITHOUT IT");
  answer["dependencies"].each_element([&](json::View one) {
    table.row({any(one["name"]),
               state(one["state"]),
               since(one["since"], page.look()),
               {one["required"].boolean().value_or(false) ? "not ready" : "ready"}});
  });
  page.table(table, "It depends on nothing.");
}

void show_log_level(json::View answer, Page& page) { page.line(any(answer["level"]).text); }

void show_config(json::View answer, Page& page) {
  Table table;
  table.column("KEY", Align::left, true)
    .least(24)
    .column("VALUE", Align::left, true)
    .least(16)
    .column("FROM");
  table.column("MEANING", Align::left, true).least(16).spare(1);
  answer["items"].each_element([&](json::View one) {
    bool secret = one["secret"].boolean().value_or(false);
    auto value = any(one["value"]);
    if (secret && one["value"].is_string())
      value.style = Style::dim;
    auto source = any(one["source"]);
    source.style = source.text == "default" ? Style::dim : Style::accent;
    table.row({any(one["key"]), value, source, {one["meaning"].string_or(""), Style::dim}});
  });
  page.table(table, "No setting matches.");
}

void show_audit(json::View answer, Page& page) {
  Table table;
  table.column("TIME").column("WHO", Align::left, true, Cut::middle).spare(1).column("ACTION");
  table.column("TARGET", Align::left, true, Cut::middle)
    .least(16)
    .column("DETAIL", Align::left, true)
    .least(20);
  table.column("FROM").spare(2);
  answer["items"].each_element([&](json::View one) {
    table.row({when(one["at"]), any(one["who"]), any(one["action"]), any(one["target"]),
               any(one["detail"]), any(one["ip"])});
  });
  page.table(table, "Nothing was done.");
  say_more(answer, page);
}

}  // namespace jobraker::ctl
