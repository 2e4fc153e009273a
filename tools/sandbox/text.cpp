#include "tools/sandbox/text.hpp"

#include <algorithm>

namespace jobraker::sandbox {

std::string lower(std::string_view text) {
  std::string out{text};
  for (std::size_t i = 0; i < out.size(); ++i) {
    auto byte = static_cast<unsigned char>(out[i]);
    if (byte >= 'A' && byte <= 'Z')
      out[i] = static_cast<char>(byte + 32);
    else if (byte == 0xC3 && i + 1 < out.size()) {
      // U+00C0 to U+00DE but the multiplication sign: the second byte differs by 0x20.
      auto next = static_cast<unsigned char>(out[i + 1]);
      if (next >= 0x80 && next <= 0x9E && next != 0x97)
        out[i + 1] = static_cast<char>(next + 0x20);
      ++i;
    }
  }
  return out;
}

namespace {

/// Length of the blank at the start of `text`, 0 when there is none.
std::size_t blank_at(std::string_view text) {
  if (text.empty())
    return 0;
  char c = text.front();
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v')
    return 1;
  return text.starts_with("\xC2\xA0") ? 2 : 0;
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (auto n = blank_at(text))
    text.remove_prefix(n);
  for (;;) {
    if (text.ends_with("\xC2\xA0"))
      text.remove_suffix(2);
    else if (!text.empty() && blank_at(text.substr(text.size() - 1)) == 1)
      text.remove_suffix(1);
    else
      return text;
  }
}

std::string squeeze(std::string_view text) {
  std::string out;
  bool blank = false;
  for (std::size_t i = 0; i < text.size();) {
    if (auto n = blank_at(text.substr(i))) {
      blank = true;
      i += n;
      continue;
    }
    if (blank && !out.empty())
      out += ' ';
    blank = false;
    out += text[i++];
  }
  return out;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_word_at(std::string_view text, std::size_t at) noexcept {
  char c = text[at];
  if (static_cast<unsigned char>(c) < 0x80)
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
    --at;
  // Characters that begin with C2, E2 or EF are signs: no-break spaces, dashes, quotes, bullets.
  auto lead = static_cast<unsigned char>(text[at]);
  return lead != 0xC2 && lead != 0xE2 && lead != 0xEF;
}

bool is_upper(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size())
    return false;
  auto byte = static_cast<unsigned char>(text[at]);
  if (byte >= 'A' && byte <= 'Z')
    return true;
  if (byte == 0xC3 && at + 1 < text.size()) {
    auto next = static_cast<unsigned char>(text[at + 1]);
    return next >= 0x80 && next <= 0x9E;
  }
  return byte == 0xC4 || byte == 0xC5;  // Latin Extended-A, mostly names
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    auto end = std::min(text.find(separator, begin), text.size());
    if (auto part = trim(text.substr(begin, end - begin)); !part.empty())
      parts.push_back(part);
    begin = end + 1;
  }
  return parts;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  auto low = lower(text);
  for (std::size_t i = 0; i < low.size();) {
    if (!is_word_at(low, i)) {
      ++i;
      continue;
    }
    std::size_t end = i;
    for (; end < low.size(); ++end) {
      char c = low[end];
      bool inner =
        (c == '.' || c == '-' || c == '\'') && end + 1 < low.size() && is_word_at(low, end + 1);
      if (!is_word_at(low, end) && c != '+' && c != '#' && !inner)
        break;
    }
    out.push_back(low.substr(i, end - i));
    i = end;
  }
  return out;
}

std::size_t find_phrase(std::string_view text, std::string_view phrase, std::size_t from) {
  if (phrase.empty())
    return std::string_view::npos;
  for (auto at = text.find(phrase, from); at != std::string_view::npos;
       at = text.find(phrase, at + 1)) {
    bool left = at == 0 || !is_word_at(text, at - 1) || !is_word_at(phrase, 0);
    auto end = at + phrase.size();
    bool right =
      end >= text.size() || !is_word_at(text, end) || !is_word_at(phrase, phrase.size() - 1);
    if (left && right)
      return at;
  }
  return std::string_view::npos;
}

bool has_phrase(std::string_view text, std::string_view phrase) {
  return find_phrase(text, phrase) != std::string_view::npos;
}

std::string_view cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes)
    return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80)
    --bytes;
  return text.substr(0, bytes);
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (char c : text) {
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    default:
      out += c;
    }
  }
  return out;
}

std::string base64(std::string_view bytes) {
  static constexpr char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    auto left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= left ? alphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::uint64_t hash(std::string_view text, std::uint64_t seed) noexcept {
  std::uint64_t h = 14695981039346656037ULL ^ (seed * 0x9E3779B97F4A7C15ULL);
  for (char c : text) {
    h ^= static_cast<unsigned char>(c);
    h *= 1099511628211ULL;
  }
  // The final mixing of SplitMix64: FNV's low bits alone are too regular for choosing.
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ULL;
  h = (h ^ (h >> 27)) * 0x94D049BB133111EBULL;
  return h ^ (h >> 31);
}

}  // namespace jobraker::sandbox
