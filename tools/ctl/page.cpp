#include "tools/ctl/page.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "tools/ctl/units.hpp"

namespace jobraker::ctl {
namespace {

constexpr std::size_t name_columns = 16;

const Cell nothing{"–", Style::dim};

/// A number of `unit` microseconds as a duration, if it is a number that a clock could have.
Cell span(json::View value, double unit) {
  auto given = value.number();
  if (!given || !std::isfinite(*given) || std::abs(*given * unit) > 9e18)
    return any(value);
  return {duration(std::llround(*given * unit))};
}

}  // namespace

Page& Page::heading(std::string_view text) {
  if (!out_.empty())
    out_ += '\n';
  return line(text, Style::bold);
}

Page& Page::line(std::string_view text, Style style) {
  out_ += paint(fit(clean(text), look_.columns), style, look_) + "\n";
  return *this;
}

Page& Page::text(std::string_view text, std::size_t indent) {
  out_ += wrap(std::string(indent, ' ') + clean(text), look_.columns, indent) + "\n";
  return *this;
}

Page& Page::field(std::string_view name, const Cell& value) {
  auto columns = std::min(name_columns, look_.columns);
  auto label = pad_right(fit(clean(name), columns - 1), columns);
  auto room = look_.columns == unlimited ? unlimited : look_.columns - columns;
  out_ += paint(label, Style::dim, look_) + paint(fit(clean(value.text), room), value.style, look_);
  out_ += '\n';
  return *this;
}

Page& Page::table(const Table& table, std::string_view nothing_there) {
  if (table.rows() == 0)
    return line(nothing_there, Style::dim);
  out_ += table.text(look_);
  return *this;
}

Cell any(json::View value) {
  if (!value || value.is_null())
    return nothing;
  if (auto text = value.string())
    return {std::string{*text}};
  if (auto flag = value.boolean())
    return {*flag ? "yes" : "no"};
  return {value.dump()};
}

Cell number(json::View value) {
  auto given = value.integer();
  return given ? Cell{count(*given)} : any(value);
}

Cell figure(json::View value) {
  auto given = value.number();
  return given ? Cell{decimal(*given)} : any(value);
}

Cell micros(json::View value) { return span(value, 1); }
Cell millis(json::View value) { return span(value, 1e3); }
Cell seconds(json::View value) { return span(value, 1e6); }

Cell memory(json::View value) {
  auto given = value.integer();
  return given ? Cell{bytes(*given)} : any(value);
}

Cell dollars(json::View value) {
  auto given = value.number();
  return given ? Cell{usd(*given)} : any(value);
}

Cell when(json::View value) {
  auto text = value.string();
  auto time = text ? parse_rfc3339(*text) : std::nullopt;
  return time ? Cell{moment(*time)} : any(value);
}

Cell since(json::View value, const Look& look) {
  auto text = value.string();
  auto time = text ? parse_rfc3339(*text) : std::nullopt;
  return time ? Cell{ago(*time, look.now)} : any(value);
}

Cell yes(json::View value, Style style) {
  auto flag = value.boolean();
  if (!flag)
    return any(value);
  return *flag ? Cell{"yes", style} : Cell{};
}

Cell bad_number(json::View value, Style style) {
  auto cell = number(value);
  if (value.integer().value_or(0) != 0)
    cell.style = style;
  return cell;
}

Cell state(json::View value) {
  static constexpr std::array good{"up",   "ready", "done",   "closed",    "ok",
                                   "live", "idle",  "upheld", "submitted", "success"};
  static constexpr std::array warn{"waiting", "queued",      "paused",  "draining", "half_open",
                                   "warning", "needs_input", "unknown", "open",     "not_ready"};
  static constexpr std::array bad{"down", "failed", "error", "critical", "abandoned", "stuck"};
  auto cell = any(value);
  auto among = [&](const auto& words) {
    return std::find(words.begin(), words.end(), cell.text) != words.end();
  };
  if (among(good))
    cell.style = Style::good;
  else if (among(warn))
    cell.style = Style::warn;
  else if (among(bad))
    cell.style = Style::bad;
  else if (cell.text == "running")
    cell.style = Style::accent;
  return cell;
}

void say_more(json::View answer, Page& page, std::string_view option) {
  if (auto next = answer["next"].string())
    page.line("more: --all, or " + std::string{option} + " '" + std::string{*next} + "'",
              Style::dim);
}

}  // namespace jobraker::ctl
