#include "tools/ctl/waterfall.hpp"

#include <algorithm>
#include <cmath>

namespace jobraker::ctl {

std::string waterfall_bar(const Stretch& stretch, std::int64_t whole, std::size_t columns) {
  if (columns == 0)
    return {};
  // The column in which a moment lies; the end of everything is the end of the last one.
  auto scale = static_cast<double>(columns) / static_cast<double>(std::max<std::int64_t>(whole, 1));
  auto column = [&](std::int64_t moment) {
    auto at = std::llround(std::min(static_cast<double>(moment) * scale, 1e9));
    return std::min(static_cast<std::size_t>(std::max(at, 0LL)), columns);
  };
  auto from = std::min(column(stretch.start), columns - 1);
  auto until = std::max(column(stretch.end()), from + 1);
  // What ran is seen, however short it was; what never ran is all waiting.
  auto ran = until;
  if (stretch.run > 0)
    ran = std::min(std::clamp(column(stretch.start + stretch.wait), from, until), until - 1);
  std::string bar(from, ' ');
  for (auto i = from; i < until; ++i)
    bar += i < ran ? "░" : "█";
  return bar;
}

}  // namespace jobraker::ctl
