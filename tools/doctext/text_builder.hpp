#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jobraker::doctext {

/// Puts paragraphs, tables and text boxes into lines. Table rows of one-line cells become one line
/// with tabs; where a cell has several lines (a table used for layout) the cells stand one after
/// the other. A text box follows the paragraph that it hangs on.
class TextBuilder {
public:
  void text(std::string_view text);
  /// What starts the next line once it has text, such as a bullet.
  void prefix(std::string_view prefix) { levels_.back().prefix = prefix; }
  void line_break() { raw("\n"); }
  void end_paragraph();

  void begin_cell() { push(); }
  void end_cell();
  void end_row();
  void begin_box() { push(); }
  void end_box();

  std::string take();

private:
  struct Level {
    std::string text;
    std::string prefix;
    std::string boxes;               ///< waiting for the end of the paragraph
    std::vector<std::string> cells;  ///< of the row being read
  };
  void push() { levels_.emplace_back(); }
  std::string pop();
  void raw(std::string_view text);
  std::vector<Level> levels_ = std::vector<Level>(1);
};

}  // namespace jobraker::doctext
