#include "messages/ids.hpp"

#include <chrono>

#include <sodium.h>

namespace jobraker {
namespace {

int nibble(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

void stamp(Uuid& id, std::uint8_t version) {
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | (version << 4));
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
}

}  // namespace

Uuid new_uuid() {
  Uuid id;
  randombytes_buf(id.bytes.data(), id.bytes.size());
  auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
               .count();
  for (int i = 0; i < 6; ++i)
    id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(now >> (40 - 8 * i));
  stamp(id, 7);
  return id;
}

Uuid uuid_of(std::string_view name) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(name.data()),
                     name.size());
  Uuid id;
  std::memcpy(id.bytes.data(), digest.data(), id.bytes.size());
  stamp(id, 8);
  return id;
}

std::string to_string(const Uuid& id) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      text.push_back('-');
    text.push_back(digits[id.bytes[i] >> 4]);
    text.push_back(digits[id.bytes[i] & 15]);
  }
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36)
    return std::nullopt;
  Uuid id;
  std::size_t at = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-')
        return std::nullopt;
      continue;
    }
    int high = nibble(text[i]);
    int low = nibble(text[i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    id.bytes[at++] = static_cast<std::uint8_t>(high << 4 | low);
    i += 2;
  }
  return id;
}

}  // namespace jobraker
