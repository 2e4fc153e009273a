#include <algorithm>
#include <cmath>

#include "tools/ctl/screens.hpp"
#include "tools/ctl/units.hpp"
#include "tools/ctl/waterfall.hpp"

namespace jobraker::ctl {
namespace {

constexpr std::size_t depth_max = 24;

std::int64_t whole(json::View value) {
  return std::clamp<std::int64_t>(value.integer().value_or(0), 0, std::int64_t{1} << 60);
}

Stretch stretch_of(json::View span) {
  return {whole(span["start_us"]), whole(span["wait_us"]), whole(span["run_us"])};
}

/// What a span is: `message GetJobs → /jobs/search`.
std::string name_of(json::View span) {
  auto depth = std::min(static_cast<std::size_t>(whole(span["depth"])), depth_max);
  auto text = std::string(2 * depth, ' ') + any(span["kind"]).text + " " + any(span["name"]).text;
  if (auto actor = span["actor"].string())
    text += " → " + std::string{*actor};
  return text;
}

void show_calls(json::View calls, Page& page) {
  if (calls.size() == 0)
    return;
  page.heading("Model calls");
  Table table;
  table.column("OPERATION").column("MODEL", Align::left, true).column("TIME", Align::right);
  table.column("IN", Align::right)
    .spare(2)
    .column("CACHED", Align::right)
    .spare(3)
    .column("OUT", Align::right)
    .spare(2);
  table.column("COST", Align::right).column("OUTCOME");
  calls.each_element([&](json::View one) {
    table.row({any(one["operation"]), any(one["model"]), millis(one["ms"]),
               number(one["tokens_in"]), number(one["tokens_cached"]), number(one["tokens_out"]),
               dollars(one["cost_usd"]), state(one["outcome"])});
  });
  page.table(table, "");
}

void show_told(json::View events, Page& page) {
  if (events.size() == 0)
    return;
  page.heading("Events");
  Table table;
  table.column("TIME").column("TOPIC").column("TYPE", Align::left, true).spare(1);
  table.column("KEY", Align::left, true, Cut::middle);
  events.each_element([&](json::View one) {
    table.row({when(one["at"]), any(one["topic"]), any(one["type"]), any(one["key"])});
  });
  page.table(table, "");
}

}  // namespace

void show_traces(json::View answer, Page& page) {
  Table table;
  table.column("TIME").column("TRACE").column("DURATION", Align::right);
  table.column("SPANS", Align::right).spare(1).column("NAME", Align::left, true).least(12);
  answer["items"].each_element([&](json::View one) {
    bool failed = one["failed"].boolean().value_or(false);
    auto name = any(one["name"]);
    if (failed)
      name = {name.text + " (failed)", Style::bad};
    table.row({when(one["at"]), any(one["trace_id"]), micros(one["duration_us"]),
               number(one["spans"]), name});
  });
  page.table(table, "No trace is remembered that matches.");
}

void show_trace(json::View answer, Page& page) {
  auto spans = answer["spans"];
  std::int64_t end = 0;
  spans.each_element([&](json::View span) { end = std::max(end, stretch_of(span).end()); });
  page.line("trace " + any(answer["trace_id"]).text + ", " + when(answer["at"]).text + ", " +
              duration(end) + ", " + std::to_string(spans.size()) + " spans",
            Style::bold);
  // Names have what the figures and the bar leave.
  auto bar =
    page.look().columns == unlimited ? 40 : std::max<std::size_t>(page.look().columns / 4, 4);
  Table table;
  table.column("START", Align::right)
    .column("WAIT", Align::right)
    .spare(1)
    .column("RUN", Align::right);
  table.column("", Align::left).column("SPAN", Align::left, true).least(24);
  spans.each_element([&](json::View span) {
    bool failed = span["failed"].boolean().value_or(false);
    auto style = failed ? Style::bad : Style::plain;
    table.row({micros(span["start_us"]),
               micros(span["wait_us"]),
               micros(span["run_us"]),
               {pad_right(waterfall_bar(stretch_of(span), end, bar), bar),
                failed ? Style::bad : Style::accent},
               {name_of(span) + (failed ? " (failed)" : ""), style}});
  });
  page.table(table, "No span of it is remembered.");
  if (answer["truncated"].boolean().value_or(false))
    page.line("Spans are missing: forgotten, or too many.", Style::warn);
  show_calls(answer["model_calls"], page);
  show_told(answer["events"], page);
}

}  // namespace jobraker::ctl
