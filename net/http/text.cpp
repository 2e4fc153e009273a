#include "net/http/text.hpp"

#include <cstdint>
#include <cstring>

namespace jobraker::net {

bool same_token(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i]))
      return false;
  }
  return true;
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_utf8(std::string_view text) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = at + text.size();
  while (at != end) {
    // Nearly all of it is ASCII: eight at a time.
    while (end - at >= 8) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, at, sizeof eight);
      if ((eight & 0x8080808080808080) != 0)
        break;
      at += 8;
    }
    if (at == end)
      break;
    if (*at < 0x80) {
      ++at;
      continue;
    }
    // Length of the sequence and the allowed range of its second byte (RFC 3629 §4).
    int more = 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    const unsigned lead = *at++;
    if (lead >= 0xC2 && lead <= 0xDF) {
      more = 1;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      more = 2;
      low = lead == 0xE0 ? 0xA0 : low;
      high = lead == 0xED ? 0x9F : high;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      more = 3;
      low = lead == 0xF0 ? 0x90 : low;
      high = lead == 0xF4 ? 0x8F : high;
    } else {
      return false;
    }
    for (; more > 0; --more, ++at) {
      if (at == end || *at < low || *at > high)
        return false;
      low = 0x80;
      high = 0xBF;
    }
  }
  return true;
}

bool is_token_char(char c) noexcept {
  return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
         (c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr);
}

}  // namespace jobraker::net
