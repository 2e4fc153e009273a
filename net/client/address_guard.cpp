#include "net/client/address_guard.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace jobraker::net {
namespace {

struct Block4 {
  std::uint32_t base;
  int bits;
};

/// What is not public in the IANA IPv4 special-purpose address registry, and multicast.
constexpr Block4 special4[] = {
  {0x00000000, 8},   // 0.0.0.0/8 this network
  {0x0A000000, 8},   // 10.0.0.0/8 private
  {0x64400000, 10},  // 100.64.0.0/10 shared
  {0x7F000000, 8},   // 127.0.0.0/8 loopback
  {0xA9FE0000, 16},  // 169.254.0.0/16 link-local, cloud metadata among it
  {0xAC100000, 12},  // 172.16.0.0/12 private
  {0xC0000000, 24},  // 192.0.0.0/24 protocol assignments
  {0xC0000200, 24},  // 192.0.2.0/24 documentation
  {0xC0586300, 24},  // 192.88.99.0/24 6to4 relays, retired
  {0xC0A80000, 16},  // 192.168.0.0/16 private
  {0xC6120000, 15},  // 198.18.0.0/15 benchmarking
  {0xC6336400, 24},  // 198.51.100.0/24 documentation
  {0xCB007100, 24},  // 203.0.113.0/24 documentation
  {0xE0000000, 4},   // 224.0.0.0/4 multicast
  {0xF0000000, 4},   // 240.0.0.0/4 reserved, broadcast
};

bool is_public4(std::uint32_t address) {
  return std::none_of(std::begin(special4), std::end(special4), [&](const Block4& block) {
    return address >> (32 - block.bits) == block.base >> (32 - block.bits);
  });
}

using Bytes = asio::ip::address_v6::bytes_type;

std::uint32_t word(const Bytes& bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

bool is_public6(const asio::ip::address_v6& address) {
  const auto bytes = address.to_bytes();
  const auto first = word(bytes, 0);
  const auto second = word(bytes, 4);
  // ::ffff:0:0/96 mapped and 64:ff9b::/96 NAT64: the IPv4 address decides.
  if (first == 0 && second == 0 && word(bytes, 8) == 0xFFFF)
    return is_public4(word(bytes, 12));
  if (first == 0x0064FF9B && second == 0 && word(bytes, 8) == 0)
    return is_public4(word(bytes, 12));
  if (first >> 16 == 0x2002)  // 6to4: the IPv4 address follows
    return is_public4(first << 16 | second >> 16);
  if (first == 0x20010000)  // Teredo: server, and the client's address inverted
    return is_public4(second) && is_public4(~word(bytes, 12));
  if (first >> 29 != 1)  // outside 2000::/3, the only global unicast block in use
    return false;
  if (first >> 9 == 0x20010000 >> 9)  // 2001::/23 protocol assignments
    return false;
  if (first == 0x20010DB8)  // 2001:db8::/32 documentation
    return false;
  return first >> 12 != 0x3FFF0;  // 3fff::/20 documentation
}

}  // namespace

bool is_public_address(const asio::ip::address& address) noexcept {
  return address.is_v4() ? is_public4(address.to_v4().to_uint()) : is_public6(address.to_v6());
}

AddressGuard public_addresses_only() {
  return [](const asio::ip::address& address) -> Done {
    if (is_public_address(address))
      return {};
    return fail(Errc::forbidden, "the address is not one of the public internet");
  };
}

}  // namespace jobraker::net
