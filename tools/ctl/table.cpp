#include "tools/ctl/table.hpp"

#include <algorithm>
#include <numeric>

namespace jobraker::ctl {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t shrunk_min = 8;

std::string_view code_of(Style style) {
  switch (style) {
  case Style::plain:
    return "";
  case Style::dim:
    return "2";
  case Style::bold:
    return "1";
  case Style::good:
    return "32";
  case Style::warn:
    return "33";
  case Style::bad:
    return "1;31";
  case Style::accent:
    return "36";
  }
  return "";
}

/// Takes `excess` from the widest of those that `may` give way, none below `least`; what is left.
template <class May>
std::size_t narrow(std::vector<std::size_t>& widths, std::size_t excess, std::size_t least,
                   May may) {
  while (excess > 0) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (may(i) && widths[i] > least && (widest == widths.size() || widths[i] > widths[widest]))
        widest = i;
    if (widest == widths.size())
      break;
    --widths[widest];
    --excess;
  }
  return excess;
}

}  // namespace

std::string paint(std::string_view clean_text, Style style, const Look& look) {
  auto code = code_of(style);
  if (!look.colour || code.empty() || clean_text.empty())
    return std::string{clean_text};
  return "\x1b[" + std::string{code} + "m" + std::string{clean_text} + "\x1b[0m";
}

Table& Table::column(std::string title, Align align, bool shrinks, Cut cut) {
  columns_.push_back({std::move(title), align, shrinks, cut});
  return *this;
}

Table& Table::row(std::vector<Cell> cells) {
  cells.resize(columns_.size());
  for (auto& cell : cells)
    cell.text = clean(cell.text);
  rows_.push_back(std::move(cells));
  return *this;
}

std::vector<std::size_t> Table::widths(std::size_t columns) const {
  std::vector<std::size_t> widths;
  for (const auto& column : columns_)
    widths.push_back(width(column.title));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width(row[i].text));
  if (columns == unlimited || widths.empty())
    return widths;
  auto all = std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
  auto excess = all > columns ? all - columns : 0;
  excess = narrow(widths, excess, shrunk_min, [&](std::size_t i) { return columns_[i].shrinks; });
  narrow(widths, excess, 1, [](std::size_t) { return true; });
  return widths;
}

std::string Table::line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                        const Look& look) const {
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto space = i == 0 ? 0 : gap;
    if (look.columns != unlimited && used + space >= look.columns)
      break;
    auto room = look.columns == unlimited ? unlimited : look.columns - used - space;
    auto columns = std::min(widths[i], room);
    auto text = fit(cells[i].text, columns, columns_[i].cut);
    auto blanks = columns - std::min(columns, width(text));
    bool last = i + 1 == columns_.size();
    auto shown = paint(text, cells[i].style, look);
    out.append(space, ' ');
    if (columns_[i].align == Align::right)
      out += std::string(blanks, ' ') + shown;
    else
      out += shown + (last ? std::string{} : std::string(blanks, ' '));
    used += space + columns;
  }
  while (out.ends_with(' '))
    out.pop_back();
  return out + "\n";
}

std::string Table::text(const Look& look) const {
  auto fitted = widths(look.columns);
  std::vector<Cell> titles;
  for (const auto& column : columns_)
    titles.push_back({column.title, Style::dim});
  auto out = line(titles, fitted, look);
  for (const auto& row : rows_)
    out += line(row, fitted, look);
  return out;
}

}  // namespace jobraker::ctl
