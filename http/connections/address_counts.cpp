#include "http/connections/address_counts.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <netinet/in.h>

namespace parseflow::http {

namespace {

const in6_addr& ipv6_of(const sockaddr_storage& address) {
  return reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
}

const in_addr& ipv4_of(const sockaddr_storage& address) {
  return reinterpret_cast<const sockaddr_in&>(address).sin_addr;
}

bool is_mapped_ipv4(const sockaddr_storage& address) {
  return address.ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&ipv6_of(address)) != 0;
}

} // namespace

client_network network_of(const sockaddr_storage& address) {
  client_network result;
  if (is_mapped_ipv4(address)) {
    std::memcpy(result.bytes.data(), ipv6_of(address).s6_addr + 12, 4);
  } else if (address.ss_family == AF_INET6) {
    result.is_ipv6 = true;
    std::memcpy(result.bytes.data(), ipv6_of(address).s6_addr, 8);
  } else {
    std::memcpy(result.bytes.data(), &ipv4_of(address), 4);
  }
  return result;
}

bool is_loopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET6 && !is_mapped_ipv4(address))
    return IN6_IS_ADDR_LOOPBACK(&ipv6_of(address)) != 0;
  return network_of(address).bytes[0] == 127;
}

std::size_t address_counts::hash::operator()(const client_network& of) const {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(of.bytes.data()), of.bytes.size()}) +
         (of.is_ipv6 ? 1 : 0);
}

bool address_counts::enter(const client_network& from) {
  if (most_ == 0)
    return true;
  const std::lock_guard guard{mutex_};
  auto& count = counts_[from];
  if (count >= most_)
    return false;
  ++count;
  return true;
}

void address_counts::leave(const client_network& from) {
  if (most_ == 0)
    return;
  const std::lock_guard guard{mutex_};
  const auto found = counts_.find(from);
  if (found != counts_.end() && --found->second == 0)
    counts_.erase(found);
}

} // namespace parseflow::http
