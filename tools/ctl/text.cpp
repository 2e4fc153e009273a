#include "tools/ctl/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include <utf8proc.h>

namespace jobraker::ctl {
namespace {

constexpr int marks_max = 4;

/// One character of a string: its code point, negative for a byte that is no UTF-8.
struct Character {
  std::int32_t code = -1;
  std::size_t size = 1;
};

Character first(std::string_view text) {
  utf8proc_int32_t code = -1;
  auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                               static_cast<utf8proc_ssize_t>(text.size()), &code);
  if (size <= 0)
    return {};
  return {code, static_cast<std::size_t>(size)};
}

bool is_mark(std::int32_t code) {
  auto category = utf8proc_category(code);
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

/// Nothing a terminal could obey, reorder by, or have no picture of.
bool has_shape(std::int32_t code) {
  switch (utf8proc_category(code)) {
  case UTF8PROC_CATEGORY_CC:
  case UTF8PROC_CATEGORY_CF:
  case UTF8PROC_CATEGORY_CS:
  case UTF8PROC_CATEGORY_CO:
  case UTF8PROC_CATEGORY_CN:
  case UTF8PROC_CATEGORY_ZL:
  case UTF8PROC_CATEGORY_ZP:
    return false;
  default:
    return true;
  }
}

void append_escape(std::string& out, std::int32_t code) {
  char text[16];
  const char* form = code < 0x100 ? "\\x%02x" : code < 0x10000 ? "\\u%04x" : "\\U%08x";
  std::snprintf(text, sizeof text, form, static_cast<unsigned>(code));
  out += text;
}

std::size_t columns_of(std::int32_t code) {
  if (code < 0)
    return 1;
  return static_cast<std::size_t>(std::max(utf8proc_charwidth(code), 0));
}

/// As much of the beginning of `text` as fits in `columns`.
std::string_view head(std::string_view text, std::size_t columns) {
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    auto next = first(text.substr(at));
    used += columns_of(next.code);
    if (used > columns)
      break;
    at += next.size;
  }
  return text.substr(0, at);
}

/// As little of the beginning of `text` as must go for the rest to fit in `columns`.
std::string_view tail(std::string_view text, std::size_t columns) {
  auto left = width(text);
  std::size_t at = 0;
  while (at < text.size() && (left > columns || columns_of(first(text.substr(at)).code) == 0)) {
    auto next = first(text.substr(at));
    left -= columns_of(next.code);
    at += next.size;
  }
  return text.substr(at);
}

}  // namespace

std::string clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  int marks = 0;
  while (!text.empty()) {
    auto next = first(text);
    marks = next.code >= 0 && is_mark(next.code) ? marks + 1 : 0;
    if (next.code < 0)
      out += "\xEF\xBF\xBD";
    else if (next.code == '\n' || next.code == '\t')
      out += ' ';
    else if (!has_shape(next.code))
      append_escape(out, next.code);
    else if (marks <= marks_max)
      out += text.substr(0, next.size);
    text.remove_prefix(next.size);
  }
  return out;
}

std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    auto next = first(text);
    columns += columns_of(next.code);
    text.remove_prefix(next.size);
  }
  return columns;
}

std::string fit(std::string_view text, std::size_t columns, Cut cut) {
  if (columns == unlimited || width(text) <= columns)
    return std::string{text};
  if (columns == 0)
    return {};
  auto room = columns - 1;
  if (cut == Cut::end)
    return std::string{head(text, room)} + "…";
  auto begin = head(text, room / 2);
  return std::string{begin} + "…" + std::string{tail(text, room - width(begin))};
}

std::string pad_right(std::string text, std::size_t columns) {
  auto used = width(text);
  if (columns != unlimited && used < columns)
    text.append(columns - used, ' ');
  return text;
}

std::string pad_left(std::string text, std::size_t columns) {
  auto used = width(text);
  if (columns != unlimited && used < columns)
    text.insert(0, columns - used, ' ');
  return text;
}

std::string wrap(std::string_view text, std::size_t columns, std::size_t indent) {
  if (columns == unlimited || width(text) <= columns)
    return std::string{text};
  // A terminal narrower than the indentation has no use for it.
  if (indent + 8 > columns)
    indent = 0;
  std::string out;
  std::size_t room = std::max<std::size_t>(columns, 2);
  while (width(text) > room) {
    auto line = head(text, room);
    if (auto blank = line.rfind(' '); blank != std::string_view::npos && blank > 0)
      line = line.substr(0, blank);
    out += std::string{line} + "\n" + std::string(indent, ' ');
    text.remove_prefix(line.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    room = std::max<std::size_t>(columns - indent, 2);
  }
  return out + std::string{text};
}

std::string harmless_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    auto next = first(json);
    bool plain = next.code == '\n' || next.code == '\t' || next.code == '\r';
    if (next.code < 0) {
      out += "\xEF\xBF\xBD";
    } else if (next.code < 0x10000 && !plain && !has_shape(next.code)) {
      char text[8];
      std::snprintf(text, sizeof text, "\\u%04x", static_cast<unsigned>(next.code) & 0xFFFFU);
      out += text;
    } else {
      out += json.substr(0, next.size);
    }
    json.remove_prefix(next.size);
  }
  return out;
}

}  // namespace jobraker::ctl
