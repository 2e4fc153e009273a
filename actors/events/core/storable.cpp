#include "actors/events/core/storable.hpp"

#include <cstddef>
#include <cstdint>

namespace jobraker::events {
namespace {

/// Bytes of the character that begins here; 0 when none does.
std::size_t character_at(const std::string& text, std::size_t at) {
  auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) : 0U;
  };
  auto first = byte(at);
  if (first < 0x80)
    return first == 0 ? 0 : 1;
  std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  std::uint32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U)
      return 0;
    value = value << 6U | (byte(at + i) & 0x3FU);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  bool lead = first >= 0xC2 && first <= 0xF4;
  return lead && value >= least[length] && value <= 0x10FFFF && !surrogate ? length : 0;
}

}  // namespace

std::string storable(std::string text) {
  for (std::size_t at = 0; at < text.size();) {
    auto length = character_at(text, at);
    if (length == 0)
      text[at] = '?';
    at += length == 0 ? 1 : length;
  }
  return text;
}

Event storable(Event event) {
  for (auto* text : {&event.type, &event.key, &event.data, &event.traceparent})
    *text = storable(std::move(*text));
  return event;
}

}  // namespace jobraker::events
