#pragma once

#include <functional>

#include <boost/asio/ip/address.hpp>

#include "messages/result.hpp"
#include "messages/task.hpp"

namespace jobraker::net {

/// Judges an address a name resolved to, before a connection is made to exactly that address.
using AddressGuard = std::function<Done(const asio::ip::address&)>;

/// Whether an address is one of the public internet: no private, loopback, link-local, shared,
/// multicast, documentation, benchmarking or reserved one (IANA special-purpose registries, RFC
/// 6890); IPv4 inside IPv6 (mapped, NAT64, 6to4, Teredo) is judged too.
bool is_public_address(const asio::ip::address& address) noexcept;

/// The guard for URLs that users give: Errc::forbidden for everything that is not public.
AddressGuard public_addresses_only();

}  // namespace jobraker::net
