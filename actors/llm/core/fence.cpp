#include "actors/llm/core/fence.hpp"

#include <algorithm>
#include <iterator>

#include "actors/llm/core/utf8.hpp"

namespace jobraker::llm {
namespace {

struct Range {
  char32_t first, last;
};

/// Not to be seen, or meant to change how the rest is seen (Unicode: Default_Ignorable_Code_Point,
/// bidirectional and interlinear controls, noncharacters of the basic plane).
constexpr Range invisible[] = {
  {0x00, 0x08},       {0x0B, 0x0C},       {0x0E, 0x1F},       {0x7F, 0x9F},     {0xAD, 0xAD},
  {0x34F, 0x34F},     {0x61C, 0x61C},     {0x115F, 0x1160},   {0x17B4, 0x17B5}, {0x180B, 0x180F},
  {0x200B, 0x200F},   {0x202A, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164}, {0xFDD0, 0xFDEF},
  {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF},
  {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

/// What looks like `<` or folds to it, and likewise `>` (Unicode confusables and NFKC).
constexpr char32_t like_less[] = {0x02C2, 0x1438, 0x16B2, 0x2039, 0x226E, 0x2329, 0x276C, 0x276E,
                                  0x2770, 0x27E8, 0x29FC, 0x3008, 0xFE64, 0xFF1C, 0x1D236};
constexpr char32_t like_greater[] = {0x02C3, 0x1433, 0x203A, 0x226F,  0x232A,
                                     0x276D, 0x276F, 0x2771, 0x27E9,  0x29FD,
                                     0x3009, 0xFE65, 0xFF1E, 0x16F3F, 0x1D237};

template <std::size_t size>
bool contains(const char32_t (&list)[size], char32_t c) {
  return std::find(std::begin(list), std::end(list), c) != std::end(list);
}

bool is_invisible(char32_t c) {
  return std::any_of(std::begin(invisible), std::end(invisible),
                     [&](const Range& range) { return c >= range.first && c <= range.last; });
}

void append_neutral(std::string& out, const CodePoint& c, std::string_view bytes) {
  if (!c.valid)
    out += "\xEF\xBF\xBD";  // U+FFFD
  else if (c.value == '<' || contains(like_less, c.value))
    out += "&lt;";
  else if (c.value == '>' || contains(like_greater, c.value))
    out += "&gt;";
  else if (c.value == '&' || c.value == 0xFF06 || c.value == 0xFE60)
    out += "&amp;";
  else if (c.value == '\r' || c.value == 0x2028 || c.value == 0x2029)
    out += '\n';
  else if (!is_invisible(c.value))
    out += bytes;
}

/// An attribute's value: one line, without quotation marks.
std::string attribute(std::string_view text) {
  std::string out;
  for (char c : neutral(text))
    if (c == '"')
      out += "&quot;";
    else
      out += c == '\n' || c == '\t' ? ' ' : c;
  return out;
}

/// A name of ours: what is not a letter, digit, `_`, `-` or `.` becomes `_`.
std::string name(std::string_view text) {
  std::string out{text};
  std::replace_if(
    out.begin(), out.end(),
    [](char c) {
      return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.');
    },
    '_');
  return out;
}

}  // namespace

std::string neutral(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  while (!text.empty()) {
    auto c = read_code_point(text);
    auto bytes = text.substr(0, c.length);
    text.remove_prefix(c.length);
    if (c.value == '\r' && !text.empty() && text.front() == '\n')
      continue;  // the line ends once
    append_neutral(out, c, bytes);
  }
  return out;
}

std::string fenced(std::string_view id, std::string_view kind, std::string_view title,
                   std::string_view text) {
  std::string out = "<untrusted id=\"" + name(id) + "\" kind=\"" + name(kind) + "\"";
  if (!title.empty())
    out += " title=\"" + attribute(title) + "\"";
  out += ">\n" + neutral(text);
  return out + "\n</untrusted>";
}

}  // namespace jobraker::llm
