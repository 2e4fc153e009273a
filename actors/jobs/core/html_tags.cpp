#include "actors/jobs/core/html_tags.hpp"

#include <algorithm>

#include <libxml/HTMLparser.h>

#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

bool name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Where the tag whose attributes begin at `at` ends (its `>`), or npos when it does not soon.
std::size_t tag_end(std::string_view s, std::size_t at) {
  constexpr std::size_t attributes_max = 4096;
  auto stop = std::min(s.size(), at + attributes_max);
  for (; at < stop; ++at) {
    char c = s[at];
    if (c == '>')
      return at;
    if (c == '<')
      return s.npos;
    if ((c == '"' || c == '\'') && at > 0 && s[at - 1] == '=') {
      auto close = s.substr(at + 1, stop - at - 1).find(c);
      if (close != s.npos)
        at += close + 1;
    }
  }
  return s.npos;
}

/// Reads the entity at `s` (which begins with `&`); 0 when it is none.
char32_t entity_at(std::string_view s, std::size_t& length) {
  auto semicolon = s.substr(0, 34).find(';');
  if (s.size() < 3)
    return 0;
  if (s[1] == '#') {
    bool hex = s[2] == 'x' || s[2] == 'X';
    char32_t value = 0;
    std::size_t at = hex ? 3 : 2, first = at;
    for (; at < s.size() && at < first + 8; ++at) {
      char c = s[at];
      int digit = c >= '0' && c <= '9'          ? c - '0'
                  : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
                  : hex && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                : -1;
      if (digit < 0)
        break;
      value = value * (hex ? 16 : 10) + static_cast<char32_t>(digit);
    }
    if (at == first)
      return 0;
    length = at + (at < s.size() && s[at] == ';' ? 1 : 0);
    return value;
  }
  if (semicolon == s.npos)
    return 0;
  std::string name{s.substr(1, semicolon - 1)};
  length = semicolon + 1;
  if (name == "apos")
    return '\'';
  auto found = htmlEntityLookup(reinterpret_cast<const xmlChar*>(name.c_str()));
  return found ? static_cast<char32_t>(found->value) : 0;
}

}  // namespace

bool has_tags(std::string_view s, std::string_view open) {
  for (auto at = s.find(open); at != s.npos; at = s.find(open, at + 1)) {
    auto next = at + open.size();
    if (next < s.size() && s[next] == '/')
      ++next;
    if (s.substr(next, 3) == "!--")
      return true;
    auto stop = next;
    while (stop < s.size() && stop - next < 12 &&
           (name_char(s[stop]) || (stop > next && s[stop] >= '1' && s[stop] <= '6')))
      ++stop;
    if (stop == next || stop >= s.size())
      continue;
    if (s[stop] == '>' || s[stop] == ' ' || s[stop] == '/' || s[stop] == '\n' || s[stop] == '&')
      return true;
  }
  return false;
}

std::string without_tags(std::string_view html) {
  std::string out;
  bool in_tag = false;
  for (char c : html) {
    if (c == '<')
      in_tag = true;
    else if (c == '>' && in_tag)
      in_tag = false, out += ' ';
    else if (!in_tag)
      out += c;
  }
  return unescape_html(out);
}

std::string bare_tags(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size();) {
    bool close = s.substr(i, 2) == "</";
    auto name = i + (close ? 2 : 1);
    if (s[i] != '<' || name >= s.size() || !name_char(s[name])) {
      out += s[i++];
      continue;
    }
    auto rest = name;
    while (rest < s.size() && rest - name < 32 &&
           (name_char(s[rest]) || (s[rest] >= '0' && s[rest] <= '9')))
      ++rest;
    auto end = tag_end(s, rest);
    if (end == s.npos) {
      out += "&lt;";
      ++i;
      continue;
    }
    out += s.substr(i, rest - i);
    out += s[end - 1] == '/' && !close ? "/>" : ">";
    i = end + 1;
  }
  return out;
}

std::string unescape_html(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  while (!s.empty()) {
    auto at = std::min(s.find('&'), s.size());
    out.append(s.substr(0, at));
    s.remove_prefix(at);
    if (s.empty())
      break;
    std::size_t length = 1;
    if (auto c = entity_at(s, length)) {
      text::append_utf8(out, c);
    } else {
      length = 1;
      out += '&';
    }
    s.remove_prefix(length);
  }
  return out;
}

}  // namespace jobraker
