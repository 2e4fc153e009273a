#pragma once

#include <cstddef>
#include <memory>

#include "actors/workflows/export/markdown.hpp"

using cairo_t = struct _cairo;

/// One block's text, broken into lines. Internal to pdf.cpp.
namespace jobraker::documents {

/// How a block looks; all in points.
struct BlockStyle {
  double size = 10;
  bool bold = false;
  double space_before = 0;
  double indent = 0;   ///< of the text
  double hanging = 0;  ///< how far left of it the marker stands
  bool underlined = false;
};
BlockStyle style_of(const Block& block);

class TextLayout {
public:
  /// Breaks the block's text at this width.
  TextLayout(cairo_t* cairo, const Block& block, double width);
  ~TextLayout();
  TextLayout(const TextLayout&) = delete;
  TextLayout& operator=(const TextLayout&) = delete;

  std::size_t lines() const;
  double line_height(std::size_t line) const;
  double first_line_height() const { return line_height(0); }
  double height() const;
  /// Draws a line with its top left corner there, and makes its links clickable.
  void draw_line(std::size_t line, double x, double y);

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jobraker::documents
