#include "actors/workflows/export/markdown.hpp"

#include <algorithm>

#include "actors/workflows/export/inlines.hpp"

namespace jobraker::documents {
namespace {

constexpr std::string_view bullet = "\xE2\x80\xA2";
constexpr int item_level_max = 3;

std::string_view trimmed(std::string_view text) {
  auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

bool is_rule(std::string_view line) {
  if (line.size() < 3 || (line[0] != '-' && line[0] != '*' && line[0] != '_'))
    return false;
  auto signs = std::count(line.begin(), line.end(), line[0]);
  auto blanks = std::count(line.begin(), line.end(), ' ');
  return signs >= 3 && static_cast<std::size_t>(signs + blanks) == line.size();
}

/// Where a list item's text begins, and its marker; 0 when the line is none.
std::size_t item_start(std::string_view line, std::string& marker) {
  if (line.size() >= 2 && (line[0] == '-' || line[0] == '*' || line[0] == '+') && line[1] == ' ') {
    marker = bullet;
    return 2;
  }
  auto figures = line.find_first_not_of("0123456789");
  if (figures == std::string_view::npos || figures == 0 || figures > 9 ||
      (line[figures] != '.' && line[figures] != ')') || figures + 1 >= line.size() ||
      line[figures + 1] != ' ')
    return 0;
  marker = line.substr(0, figures + 1);
  return figures + 2;
}

/// Only what can be shown: line ends of one kind, no control characters.
std::string cleaned(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c == '\r')
      out += i + 1 < text.size() && text[i + 1] == '\n' ? "" : "\n";
    else if (c == '\t')
      out += "    ";
    else if (c >= 0x20 && c != 0x7F)
      out += text[i];
    else if (c == '\n')
      out += '\n';
  }
  return out;
}

/// Builds blocks line by line.
class Builder {
public:
  void line(std::string_view raw) {
    auto text = trimmed(raw);
    if (text.empty())
      return close();
    auto indent = std::min(raw.find_first_not_of(' '), raw.size());
    std::string marker;
    if (heading(text))
      return;
    if (is_rule(text)) {
      close();
      out_.blocks.push_back({BlockKind::rule, 0, "", {}});
    } else if (auto start = item_start(text, marker)) {
      close();
      open_ = true;
      block_ = {
        BlockKind::item, std::min(static_cast<int>(indent / 2), item_level_max), marker, {}};
      text_ = trimmed(text.substr(start));
      hard_ = ends_hard(raw);
    } else {
      go_on(text, raw);
    }
  }
  RichText take() {
    close();
    return std::move(out_);
  }

private:
  bool heading(std::string_view text) {
    auto level = std::min(text.find_first_not_of('#'), text.size());
    if (level == 0 || level > 6 || (level < text.size() && text[level] != ' '))
      return false;
    close();
    auto title = trimmed(text.substr(level));
    // Closing signs are no part of it, unless escaped.
    if (auto end = title.find_last_not_of('#');
        end != std::string_view::npos && end + 1 < title.size() && title[end] == ' ')
      title = trimmed(title.substr(0, end));
    out_.blocks.push_back({BlockKind::heading, static_cast<int>(level), "", parse_inlines(title)});
    return true;
  }

  static bool ends_hard(std::string_view raw) {
    return raw.ends_with("  ") || (raw.ends_with('\\') && !raw.ends_with("\\\\"));
  }

  void go_on(std::string_view text, std::string_view raw) {
    if (!open_) {
      open_ = true;
      block_ = {};
      text_.clear();
    } else if (hard_) {
      if (text_.ends_with('\\'))
        text_.pop_back();
      text_ += '\n';
    } else {
      text_ += ' ';
    }
    text_ += text;
    hard_ = ends_hard(raw);
  }

  void close() {
    if (!open_)
      return;
    if (hard_ && text_.ends_with('\\') && !text_.ends_with("\\\\"))
      text_.pop_back();
    open_ = hard_ = false;
    block_.runs = parse_inlines(text_);
    if (!block_.runs.empty())
      out_.blocks.push_back(std::move(block_));
    block_ = {};
  }

  RichText out_;
  Block block_;
  std::string text_;
  bool open_ = false;
  bool hard_ = false;  ///< the next line is one of its own
};

}  // namespace

RichText parse_markdown(std::string_view text) {
  auto clean = cleaned(text);
  std::string_view rest = clean;
  Builder builder;
  while (!rest.empty()) {
    auto stop = std::min(rest.find('\n'), rest.size());
    builder.line(rest.substr(0, stop));
    rest.remove_prefix(std::min(stop + 1, rest.size()));
  }
  return builder.take();
}

std::string plain_text(const Block& block) {
  std::string out;
  for (const auto& run : block.runs)
    out += run.text;
  return out;
}

std::string plain_text(const RichText& document) {
  std::string out;
  for (const auto& block : document.blocks)
    if (block.kind != BlockKind::rule)
      out += (block.marker.empty() ? "" : block.marker + " ") + plain_text(block) + "\n";
  return out;
}

std::string title_of(const RichText& document) {
  for (const auto& block : document.blocks)
    if (block.kind == BlockKind::heading)
      return plain_text(block);
  return "";
}

}  // namespace jobraker::documents
