#pragma once

#include <string>
#include <string_view>

namespace jobraker::doctext {

/// Puts the columns of a page one after the other. `layout` is text set out as on the page
/// (pdftotext -layout), pages ended by \f. A gutter is a place that stays free over many lines
/// with text on both sides, the right-hand text mostly starting at one place: a column, unlike the
/// dates at the right margin of an ordinary résumé, which stay in their lines.
std::string unfold_columns(std::string_view layout);

}  // namespace jobraker::doctext
