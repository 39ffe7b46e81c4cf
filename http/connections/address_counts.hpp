// How many connections of strangers each address has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include <sys/socket.h>

namespace parseflow::http {

/// A network that one client may own: an IPv4 address, or 64 bits of an IPv6 address.
struct client_network {
  std::array<unsigned char, 8> bytes{};
  bool is_ipv6 = false;

  bool operator==(const client_network&) const = default;
};

/// The network of an address. An IPv4 address in IPv6 form counts as what it is.
client_network network_of(const sockaddr_storage& address);

/// True if the address is this machine's own.
bool is_loopback(const sockaddr_storage& address);

/// Bounds the connections of each network whose clients have shown no credentials. Any thread may call.
class address_counts {
public:
  /// @param most For each network; 0: no bound.
  explicit address_counts(std::uint32_t most) : most_(most) {}

  /// Counts one more connection; false if the network has as many as it may have.
  bool enter(const client_network& from);
  /// The connection has ended, or its client has shown credentials.
  void leave(const client_network& from);

private:
  struct hash {
    std::size_t operator()(const client_network& of) const;
  };

  const std::uint32_t most_;
  std::mutex mutex_;
  std::unordered_map<client_network, std::uint32_t, hash> counts_; // guarded by mutex_
};

} // namespace parseflow::http
