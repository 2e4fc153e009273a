#include "net/client/skyvern_signature.hpp"

#include <array>

#include <sodium.h>

namespace jobraker::net {

bool verify_skyvern_signature(std::string_view body, std::string_view signature,
                              const std::vector<std::string>& keys) {
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> given{};
  std::size_t size = 0;
  const char* end = nullptr;
  if (signature.size() != given.size() * 2 ||
      sodium_hex2bin(given.data(), given.size(), signature.data(), signature.size(), nullptr, &size,
                     &end) != 0 ||
      size != given.size() || end != signature.data() + signature.size())
    return false;
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  unsigned matches = 0;
  for (const auto& key : keys) {  // all of them: which one matched is not to be seen from the time
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> own{};
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes(body), body.size());
    crypto_auth_hmacsha256_final(&state, own.data());
    const bool same = sodium_memcmp(own.data(), given.data(), own.size()) == 0;
    matches |= static_cast<unsigned>(same) & static_cast<unsigned>(!key.empty());
  }
  return matches != 0;
}

}  // namespace jobraker::net
