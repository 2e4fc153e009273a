#include "actors/llm/core/cache.hpp"

#include <array>
#include <cstdint>

#include <sodium.h>

namespace jobraker::llm {

std::string cache_key(const CallIdentity& identity) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (auto part : {identity.tenant, identity.operation, identity.prompt_version, identity.model,
                    identity.body}) {
    std::array<unsigned char, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i)
      length[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(part.size()) >> (8 * i));
    crypto_hash_sha256_update(&state, length.data(), length.size());
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                              part.size());
  }
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256_final(&state, hash.data());
  std::string hex(2 * hash.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  hex.pop_back();
  return hex;
}

}  // namespace jobraker::llm
