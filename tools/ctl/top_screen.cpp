#include <algorithm>

#include "tools/ctl/page.hpp"
#include "tools/ctl/screens.hpp"
#include "tools/ctl/top.hpp"
#include "tools/ctl/units.hpp"

namespace jobraker::ctl {
namespace {

constexpr std::size_t alarms_shown = 3;

constexpr std::string_view help_text =
  "q       end\n"
  "s       order by the next figure: path, mailbox, messages, rate, busy, wait, failures,\n"
  "        restarts, running, born, bytes\n"
  "r       the other way round\n"
  "/       only paths that contain a text; Enter takes it, Escape does not\n"
  "k       kinds instead of actors\n"
  "blank   hold the picture, and go on\n"
  "arrows  scroll; page up, page down, home\n";

/// The first `lines` lines of `text`.
std::string first_lines(const std::string& text, std::size_t lines) {
  std::size_t at = 0;
  for (; lines > 0; --lines) {
    auto end = text.find('\n', at);
    if (end == std::string::npos)
      return text;
    at = end + 1;
  }
  return text.substr(0, at);
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

Table kind_table(json::View kinds) {
  Table table;
  table.column("KIND", Align::left, true).column("ACTORS", Align::right);
  table.column("MAILBOX", Align::right).column("MSG/S", Align::right);
  table.column("BUSY/S", Align::right);
  kinds.each_element([&](json::View kind) {
    table.row({any(kind["kind"]), number(kind["actors"]), bad_number(kind["mailbox"], Style::warn),
               figure(kind["rate"]), micros(kind["busy_us_per_s"])});
  });
  return table;
}

}  // namespace

std::string Top::head(const Look& look) const {
  Page page{look};
  auto root = figures_frame_ ? figures_frame_->root() : json::View{};
  page.line("jobrakerctl top  " + server_ + "  " + when(root["at"]).text + "  by " + query_.sort +
              (query_.order.empty() ? "" : " " + query_.order) +
              (query_.q.empty() ? "" : "  containing " + query_.q) + (paused_ ? "  HELD" : ""),
            Style::bold);
  auto totals = root["totals"];
  page.line(number(totals["actors"]).text + " actors  " + number(totals["running"]).text +
            " running  " + number(totals["mailbox"]).text + " wait  " +
            number(totals["messages"]).text + " messages, " + figure(totals["rate"]).text + "/s  " +
            number(totals["failures"]).text + " failures  " + number(totals["restarts"]).text +
            " restarts");
  for (std::size_t i = 0; i < std::min(alarms_.size(), alarms_shown); ++i)
    page.line("! " + alarms_[i].text, Style::warn);
  if (alarms_.size() > alarms_shown)
    page.line("! and " + std::to_string(alarms_.size() - alarms_shown) + " more alarms",
              Style::warn);
  if (!trouble_.empty())
    page.line("! " + trouble_, Style::bad);
  return page.shown();
}

std::string Top::body(const Look& look, std::size_t lines) const {
  Page page{look};
  if (help_) {
    std::string_view rest = help_text;
    while (!rest.empty()) {
      auto end = std::min(rest.find('\n'), rest.size() - 1);
      page.line(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    return page.shown();
  }
  if (!figures_frame_)
    return page.line("waiting for the first figures", Style::dim).shown();
  auto root = figures_frame_->root();
  if (kinds_)
    return page.table(kind_table(root["kinds"]), "No actor lives.").shown();
  auto from = std::min(from_, root["rows"].size() > 0 ? root["rows"].size() - 1 : 0);
  auto most = lines == unlimited ? unlimited : std::max<std::size_t>(lines, 2) - 1;
  page.table(actor_table(root["rows"], look, from, most), "No actor matches.");
  return page.shown();
}

std::string Top::foot(const Look& look) const {
  if (filter_)
    return paint(fit(clean("paths containing: " + *filter_ + "_"), look.columns), Style::accent,
                 look) +
           "\n";
  return {};
}

std::string Top::screen(const Look& look, std::size_t lines) const {
  auto above = head(look);
  auto below = foot(look);
  auto used = lines_of(above) + lines_of(below);
  auto room = lines == unlimited ? unlimited : lines - std::min(lines, used);
  auto text = above + below + body(look, room);
  return lines == unlimited ? text : first_lines(text, lines);
}

}  // namespace jobraker::ctl
