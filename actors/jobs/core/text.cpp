#include "actors/jobs/core/text.hpp"

#include <cstdlib>

#include <utf8proc.h>

namespace jobraker::text {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

char lower_char(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Bytes that are part of a word for `find_word`; every non-ASCII byte is.
bool is_word(char c) {
  auto u = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || u >= 0x80;
}

/// Zero-width and layout characters, private use, non-characters: nothing a reader sees.
bool invisible(utf8proc_int32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xE000 && c <= 0xF8FF) ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c & 0xFFFE) == 0xFFFE || c >= 0xE0000;
}

/// `text` in a normal form of Unicode; as it was when utf8proc cannot.
std::string mapped(std::string_view s, int options) {
  utf8proc_uint8_t* out = nullptr;
  auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(s.data()),
                             static_cast<utf8proc_ssize_t>(s.size()), &out,
                             static_cast<utf8proc_option_t>(options));
  if (length < 0)
    return std::string{s};
  std::string result{reinterpret_cast<const char*>(out), static_cast<std::size_t>(length)};
  std::free(out);
  return result;
}

bool ascii(std::string_view s) {
  for (char c : s)
    if (static_cast<unsigned char>(c) >= 0x80)
      return false;
  return true;
}

/// Calls `visit` with each code point; broken bytes come as U+FFFD, one for each run.
template <class Visit>
void each_char(std::string_view s, Visit visit) {
  auto at = reinterpret_cast<const utf8proc_uint8_t*>(s.data());
  auto left = static_cast<utf8proc_ssize_t>(s.size());
  bool broken = false;
  while (left > 0) {
    utf8proc_int32_t c = 0;
    auto used = utf8proc_iterate(at, left, &c);
    if (used <= 0) {
      used = 1;
      if (!broken)
        visit(utf8proc_int32_t{0xFFFD});
      broken = true;
    } else {
      broken = false;
      visit(c);
    }
    at += used;
    left -= used;
  }
}

}  // namespace

std::string_view trim(std::string_view s) {
  while (!s.empty() && is_space(s.front()))
    s.remove_prefix(1);
  while (!s.empty() && is_space(s.back()))
    s.remove_suffix(1);
  return s;
}

std::string lower(std::string_view s) {
  std::string out{s};
  for (char& c : out)
    c = lower_char(c);
  return out;
}

bool iequals(std::string_view a, std::string_view b) {
  if (a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower_char(a[i]) != lower_char(b[i]))
      return false;
  return true;
}

std::size_t find_word(std::string_view lowered, std::string_view needle, std::size_t from) {
  for (auto at = lowered.find(needle, from); at != lowered.npos;
       at = lowered.find(needle, at + 1)) {
    auto end = at + needle.size();
    bool starts = at == 0 || !is_word(lowered[at - 1]) || !is_word(needle.front());
    bool ends = end == lowered.size() || !is_word(lowered[end]) || !is_word(needle.back());
    if (starts && ends)
      return at;
  }
  return lowered.npos;
}

bool has_word(std::string_view lowered, std::string_view needle) {
  return find_word(lowered, needle) != lowered.npos;
}

std::vector<std::string> split(std::string_view s, std::string_view separators) {
  std::vector<std::string> out;
  for (;;) {
    auto at = s.find_first_of(separators);
    out.emplace_back(trim(s.substr(0, at)));
    if (at == s.npos)
      return out;
    s.remove_prefix(at + 1);
  }
}

std::string replace_all(std::string s, std::string_view from, std::string_view to) {
  for (auto at = s.find(from); at != s.npos; at = s.find(from, at + to.size()))
    s.replace(at, from.size(), to);
  return s;
}

void append_utf8(std::string& out, char32_t c) {
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
    return;
  utf8proc_uint8_t bytes[4];
  auto n = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(n));
}

std::string sanitise(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  bool after_cr = false;
  each_char(s, [&](utf8proc_int32_t c) {
    bool pair = c == '\n' && after_cr;  // \r\n is one line end
    after_cr = c == '\r';
    if (pair)
      return;
    if (c == '\n' || (c >= 0x20 && c < 0x7F))
      out += static_cast<char>(c);
    else if (c == '\r' || c == 0x2028 || c == 0x2029 || c == 0x85 || c == '\f' || c == '\v')
      out += '\n';
    else if (c == '\t' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
             c == 0x205F || c == 0x3000)
      out += ' ';
    else if (c >= 0xA0 && !invisible(c))
      append_utf8(out, static_cast<char32_t>(c));
  });
  return ascii(out) ? out : mapped(out, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
}

std::string key(std::string_view s) {
  auto folded = ascii(s)
                  ? lower(s)
                  : mapped(sanitise(s), UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STABLE |
                                          UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
  std::string out;
  bool gap = false;
  each_char(folded, [&](utf8proc_int32_t c) {
    if (c == '\'' || c == 0x2019)  // O'Reilly is one word
      return;
    auto kind = utf8proc_category(c);
    bool keep =
      (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_NO) || c == '+' || c == '#';
    if (!keep) {
      gap = !out.empty();
      return;
    }
    if (gap)
      out += ' ';
    gap = false;
    append_utf8(out, static_cast<char32_t>(c));
  });
  return out;
}

std::string_view cut(std::string_view s, std::size_t limit) {
  if (s.size() <= limit)
    return s;
  while (limit > 0 && (static_cast<unsigned char>(s[limit]) & 0xC0) == 0x80)
    --limit;
  return s.substr(0, limit);
}

std::string one_line(std::string_view s) {
  std::string out;
  bool gap = false;
  for (char c : s) {
    if (is_space(c)) {
      gap = !out.empty();
      continue;
    }
    if (gap)
      out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

bool valid_utf8(std::string_view s) {
  auto at = reinterpret_cast<const utf8proc_uint8_t*>(s.data());
  auto left = static_cast<utf8proc_ssize_t>(s.size());
  while (left > 0) {
    utf8proc_int32_t c = 0;
    auto used = utf8proc_iterate(at, left, &c);
    if (used <= 0)
      return false;
    at += used;
    left -= used;
  }
  return true;
}

std::string percent_encode(std::string_view s) {
  constexpr auto digits = "0123456789ABCDEF";
  std::string out;
  for (char c : s) {
    auto u = static_cast<unsigned char>(c);
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += digits[u >> 4];
      out += digits[u & 15];
    }
  }
  return out;
}

}  // namespace jobraker::text
