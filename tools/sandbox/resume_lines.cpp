#include <algorithm>
#include <array>

#include "tools/sandbox/resume_text.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

/// Length of a bullet sign and the blanks after it at the start of a line.
std::size_t bullet_at(std::string_view line) {
  static constexpr std::array<std::string_view, 12> signs{
    "•", "●", "▪", "◦", "‣", "·", "–", "—", "→", "✓", "➢", "\xC3\xA2\xC2\x80\xC2\xA2"};
  for (auto sign : signs)
    if (line.starts_with(sign))
      return sign.size();
  // Symbol fonts come out as private-use characters, U+F000 and up.
  if (line.size() > 3 && line[0] == '\xEF' && static_cast<unsigned char>(line[1]) >= 0x80 &&
      static_cast<unsigned char>(line[1]) <= 0xA3)
    return 3;
  if (line.size() > 1 && (line[0] == '*' || line[0] == '-' || line[0] == '>') && line[1] == ' ')
    return 1;
  if (line.size() > 2 && line[0] == 'o' && line[1] == ' ' && line[2] == ' ')
    return 1;
  return 0;
}

/// Some exports glue headings to the text before: the places where a line must be cut.
std::size_t glued_heading(std::string_view line) {
  for (std::string_view words : {"Education Details", "Skill Details", "Company Details"})
    if (auto at = line.find(words); at != std::string_view::npos && at > 0)
      return at;
  return std::string_view::npos;
}

}  // namespace

std::vector<Line> read_lines(std::string_view text) {
  std::vector<Line> lines;
  auto section = Section::header;
  bool blank = true;
  auto add = [&](std::string_view raw) {
    auto line = trim(raw);
    if (line.empty()) {
      blank = true;
      return;
    }
    Line out{line, section, false, blank, false};
    blank = false;
    if (auto n = bullet_at(line)) {
      out.bullet = true;
      out.text = trim(line.substr(n));
      if (out.text.empty())
        return;
    }
    std::string_view rest;
    auto first = cells(out.text);
    if (auto named_section = section_of(out.text, rest)) {
      section = *named_section;
      out = {rest, section, false, out.blank_before, true};
    } else if (first.size() > 1 && first.size() < 4) {
      // Two columns: the left cell may open a section while the right one is of another.
      if (auto left = section_of(first[0], rest); left && rest.empty()) {
        section = *left;
        out.text = first[1];
        std::string_view right_rest;
        out.heading = true;
        if (section_of(first[1], right_rest))
          out.text = {};
      }
    }
    out.section = section;
    lines.push_back(out);
  };
  std::size_t begin = 0;
  while (begin <= text.size()) {
    auto end = std::min(text.find('\n', begin), text.size());
    auto raw = text.substr(begin, end - begin);
    while (true) {
      auto at = glued_heading(raw);
      if (at == std::string_view::npos)
        break;
      add(raw.substr(0, at));
      raw.remove_prefix(at);
      if (glued_heading(raw) == std::string_view::npos)
        break;
    }
    add(raw);
    begin = end + 1;
  }
  return lines;
}

std::vector<std::string_view> cells(std::string_view line) {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\t' || (line[i] == ' ' && line.substr(i).starts_with("   "))) {
      if (auto cell = trim(line.substr(begin, i - begin)); !cell.empty())
        out.push_back(cell);
      while (i < line.size() && (line[i] == ' ' || line[i] == '\t'))
        ++i;
      begin = i;
    }
  }
  if (auto cell = trim(line.substr(std::min(begin, line.size()))); !cell.empty())
    out.push_back(cell);
  return out;
}

std::string_view span_of(std::string_view a, std::string_view b) {
  auto begin = std::min(a.data(), b.data());
  auto end = std::max(a.data() + a.size(), b.data() + b.size());
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace jobraker::sandbox
