#include "tools/ctl/table.hpp"

#include <algorithm>

namespace jobraker::ctl {
namespace {

constexpr std::size_t gap = 2;

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

/// What a line of these columns takes.
std::size_t sum_of(const std::vector<std::size_t>& widths) {
  std::size_t sum = 0;
  for (auto one : widths)
    sum += one > 0 ? one + (sum > 0 ? gap : 0) : 0;
  return sum;
}

/// Takes `excess` from the widest columns, none below what `least` says; what is left of it.
template <class Least>
std::size_t narrow(std::vector<std::size_t>& widths, std::size_t excess, Least least) {
  for (; excess > 0; --excess) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (widths[i] > least(i) && (widest == widths.size() || widths[i] > widths[widest]))
        widest = i;
    if (widest == widths.size())
      break;
    --widths[widest];
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

Table& Table::least(std::size_t characters) {
  columns_.back().least = characters;
  return *this;
}

Table& Table::spare(unsigned order) {
  columns_.back().spare = order;
  return *this;
}

std::vector<std::size_t> Table::natural() const {
  std::vector<std::size_t> widths;
  for (const auto& column : columns_)
    widths.push_back(width(column.title));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width(row[i].text));
  return widths;
}

std::vector<std::size_t> Table::widths(std::size_t columns) const {
  auto wanted = natural();
  if (columns == unlimited)
    return wanted;
  for (;;) {
    auto fitted = wanted;
    auto sum = sum_of(fitted);
    auto excess = sum > columns ? sum - columns : 0;
    excess = narrow(fitted, excess, [&](std::size_t i) {
      return columns_[i].shrinks ? columns_[i].least : unlimited;
    });
    auto victim = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (wanted[i] > 0 && columns_[i].spare > 0 &&
          (victim == columns_.size() || columns_[i].spare > columns_[victim].spare))
        victim = i;
    if (excess > 0 && victim < columns_.size()) {
      wanted[victim] = 0;
      continue;
    }
    narrow(fitted, excess, [](std::size_t) { return std::size_t{1}; });
    return fitted;
  }
}

std::string Table::line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                        const Look& look) const {
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (widths[i] == 0)
      continue;
    auto space = used == 0 ? 0 : gap;
    if (look.columns != unlimited && used + space >= look.columns)
      break;
    auto room = look.columns == unlimited ? unlimited : look.columns - used - space;
    auto columns = std::min(widths[i], room);
    auto text = fit(cells[i].text, columns, columns_[i].cut);
    std::string blanks(columns - std::min(columns, width(text)), ' ');
    auto shown = paint(text, cells[i].style, look);
    out += std::string(space, ' ');
    out += columns_[i].align == Align::right ? blanks + shown : shown + blanks;
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
