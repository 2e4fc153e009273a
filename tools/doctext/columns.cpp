#include "tools/doctext/columns.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace jobraker::doctext {
namespace {

constexpr std::size_t lines_min = 8;     ///< with text on the right of a gutter
constexpr std::size_t both_min = 5;      ///< with text on both sides
constexpr std::size_t lines_max = 2000;  ///< of a page that is looked at
constexpr std::size_t width_max = 400;

/// A line as places: the byte at which each of its characters begins.
struct Line {
  std::string_view text;
  std::vector<std::size_t> places;

  explicit Line(std::string_view line) : text(line) {
    for (std::size_t i = 0; i < line.size(); ++i)
      if ((static_cast<unsigned char>(line[i]) & 0xC0) != 0x80)
        places.push_back(i);
  }
  bool free(std::size_t x) const { return x >= places.size() || text[places[x]] == ' '; }
  std::string_view left(std::size_t x) const {
    return x >= places.size() ? text : text.substr(0, places[x]);
  }
  std::string_view right(std::size_t x) const {
    return x >= places.size() ? std::string_view{} : text.substr(places[x]);
  }
};

bool blank(std::string_view text) { return text.find_first_not_of(' ') == std::string_view::npos; }

struct Gutter {
  std::size_t x = 0, begin = 0, end = 0, score = 0;
};

/// Judges lines [begin, end), over which places x-1 and x are free.
Gutter judge(const std::vector<Line>& lines, std::size_t x, std::size_t begin, std::size_t end) {
  std::size_t both = 0, right = 0;
  std::map<std::size_t, std::size_t> starts;
  for (auto i = begin; i < end; ++i) {
    auto text = lines[i].right(x);
    if (blank(text))
      continue;
    ++right;
    ++starts[text.find_first_not_of(' ')];
    both += blank(lines[i].left(x)) ? 0 : 1;
  }
  // A column starts its lines at one place, or a little within it (lists, labels).
  std::size_t aligned = 0;
  if (!starts.empty())
    for (const auto& [start, count] : starts)
      aligned += start <= starts.begin()->first + 3 ? count : 0;
  bool column = right >= lines_min && both >= both_min && aligned * 5 >= right * 3;
  return {x, begin, end, column ? both + right : 0};
}

Gutter find_gutter(const std::vector<Line>& lines, std::size_t from, std::size_t to) {
  std::size_t width = 0;
  for (auto i = from; i < to; ++i)
    width = std::max(width, std::min(lines[i].places.size(), width_max));
  Gutter best;
  for (auto x = width * 3 / 10; x < width * 8 / 10; ++x) {
    if (x < 2)
      continue;
    for (auto begin = from; begin < to; ++begin) {
      auto end = begin;
      while (end < to && lines[end].free(x) && lines[end].free(x - 1))
        ++end;
      if (end - begin >= lines_min) {
        auto gutter = judge(lines, x, begin, end);
        // Of places equally good the last: next to the right column, where every line starts anew.
        if (gutter.score > 0 && gutter.score >= best.score)
          best = gutter;
      }
      begin = end;
    }
  }
  return best;
}

void write(const std::vector<Line>& lines, std::size_t from, std::size_t to, std::string& out,
           int depth) {
  auto gutter = depth < 8 && to - from >= lines_min ? find_gutter(lines, from, to) : Gutter{};
  if (gutter.score == 0) {
    for (auto i = from; i < to; ++i)
      out.append(lines[i].text).push_back('\n');
    return;
  }
  write(lines, from, gutter.begin, out, depth + 1);
  // A line with text on the right only is no empty line of the left column.
  for (auto i = gutter.begin; i < gutter.end; ++i)
    if (!blank(lines[i].left(gutter.x)) || blank(lines[i].right(gutter.x)))
      out.append(lines[i].left(gutter.x)).push_back('\n');
  out.push_back('\n');
  for (auto i = gutter.begin; i < gutter.end; ++i)
    if (auto text = lines[i].right(gutter.x); !blank(text))
      out.append(text).push_back('\n');
  write(lines, gutter.end, to, out, depth + 1);
}

}  // namespace

std::string unfold_columns(std::string_view layout) {
  std::string out;
  out.reserve(layout.size());
  while (!layout.empty()) {
    auto end = std::min(layout.find('\f'), layout.size());
    auto page = layout.substr(0, end);
    layout.remove_prefix(std::min(end + 1, layout.size()));
    std::vector<Line> lines;
    while (!page.empty()) {
      auto stop = std::min(page.find('\n'), page.size());
      lines.emplace_back(page.substr(0, stop));
      page.remove_prefix(std::min(stop + 1, page.size()));
    }
    write(lines, 0, lines.size(), out, lines.size() > lines_max ? 8 : 0);
    out.push_back('\n');
  }
  return out;
}

}  // namespace jobraker::doctext
