#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/time.hpp"
#include "tools/ctl/text.hpp"

namespace jobraker::ctl {

/// What something is, from which its colour follows.
enum class Style : unsigned char { plain, dim, bold, good, warn, bad, accent };

/// Where it is looked at.
struct Look {
  std::size_t columns = unlimited;  ///< of the terminal; no limit in a pipe
  bool colour = false;
  Time now{};
};

/// Clean text in the colour of its style, when there are colours. The only place where an escape
/// sequence is made of a style.
std::string paint(std::string_view clean_text, Style style, const Look& look);

/// One value of a table. `text` may be anything: it is made harmless when it is shown.
struct Cell {
  std::string text{};
  Style style = Style::plain;
};

enum class Align : unsigned char { left, right };

/// Rows under titles, as narrow as the terminal: columns that may shrink lose characters first, as
/// far as they stay readable; then columns that can be spared go; then the widest lose more, and
/// the line is cut. No line is wider than `Look::columns`.
class Table {
public:
  /// A column that gives way (`shrinks`) keeps at least eight characters, or what `least` says, as
  /// long as that is possible.
  Table& column(std::string title, Align align = Align::left, bool shrinks = false,
                Cut cut = Cut::end);
  /// Of the column added last: how many characters it wants to keep.
  Table& least(std::size_t characters);
  /// The column added last can be spared; the one with the highest number goes first.
  Table& spare(unsigned order);
  /// Cells that are missing are empty; what is more than the columns is left out.
  Table& row(std::vector<Cell> cells);

  std::size_t rows() const noexcept { return rows_.size(); }
  /// Lines, each ended by a line feed; titles first.
  std::string text(const Look& look) const;

private:
  struct Column {
    std::string title{};
    Align align = Align::left;
    bool shrinks = false;
    Cut cut = Cut::end;
    std::size_t least = 8;
    unsigned spare = 0;  ///< 0: it stays
  };
  std::vector<std::size_t> natural() const;
  /// How wide each column is; 0: it is not shown.
  std::vector<std::size_t> widths(std::size_t columns) const;
  std::string line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                   const Look& look) const;

  std::vector<Column> columns_{};
  std::vector<std::vector<Cell>> rows_{};
};

}  // namespace jobraker::ctl
