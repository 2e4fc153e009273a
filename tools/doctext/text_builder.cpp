#include "tools/doctext/text_builder.hpp"

#include <algorithm>

namespace jobraker::doctext {
namespace {

void trim_end(std::string& text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ' || text.back() == '\t'))
    text.pop_back();
}

}  // namespace

void TextBuilder::raw(std::string_view text) { levels_.back().text.append(text); }

void TextBuilder::text(std::string_view text) {
  if (text.empty())
    return;
  auto& level = levels_.back();
  if (!level.prefix.empty()) {
    level.text.append(level.prefix);
    level.prefix.clear();
  }
  level.text.append(text);
}

void TextBuilder::end_paragraph() {
  auto& level = levels_.back();
  level.prefix.clear();
  level.text.push_back('\n');
  level.text.append(level.boxes);
  level.boxes.clear();
}

std::string TextBuilder::pop() {
  if (levels_.size() == 1)
    return {};
  if (!levels_.back().boxes.empty() || !levels_.back().cells.empty()) {
    end_row();
    end_paragraph();
  }
  auto text = std::move(levels_.back().text);
  levels_.pop_back();
  return text;
}

void TextBuilder::end_cell() {
  auto text = pop();
  trim_end(text);
  levels_.back().cells.push_back(std::move(text));
}

void TextBuilder::end_row() {
  auto cells = std::move(levels_.back().cells);
  levels_.back().cells.clear();
  std::erase_if(cells, [](const std::string& c) { return c.empty(); });
  bool lines = std::any_of(cells.begin(), cells.end(),
                           [](const std::string& c) { return c.find('\n') != std::string::npos; });
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0)
      raw(lines ? "\n" : "\t");
    raw(cells[i]);
  }
  if (!cells.empty())
    raw("\n");
}

void TextBuilder::end_box() {
  auto text = pop();
  levels_.back().boxes.append(text);
}

std::string TextBuilder::take() {
  while (levels_.size() > 1)
    end_box();
  if (!levels_[0].boxes.empty())
    end_paragraph();
  return std::move(levels_[0].text);
}

}  // namespace jobraker::doctext
