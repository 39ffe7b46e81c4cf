// Addresses of clients, and the networks that settings name.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <sys/socket.h>

namespace parseflow {

/// An IPv4 or IPv6 address, without port and zone. An IPv4 address that is written in IPv6 (`::ffff:1.2.3.4`)
/// is the IPv4 address.
class ip_address {
public:
  /// The address `::`, which no client has.
  ip_address() = default;
  /// The address of a socket; `::` if it has another family.
  explicit ip_address(const sockaddr_storage& of);

  /// Reads an address; nothing for any other text.
  static std::optional<ip_address> from(std::string_view text);

  /// An address of 16 bytes in the order of the network.
  static ip_address of_ipv6(const unsigned char* bytes);
  /// An address of 4 bytes in the order of the network.
  static ip_address of_ipv4(const unsigned char* bytes);

  bool is_ipv4() const;
  /// True if it is this machine's own.
  bool is_loopback() const;

  /// What one client may own: the address itself, or the first 64 bits of an IPv6 address.
  ip_address client_network() const;

  std::string text() const;

  /// IPv4 addresses in their IPv6 form.
  const std::array<unsigned char, 16>& bytes() const { return bytes_; }

  bool operator==(const ip_address&) const = default;

private:
  std::array<unsigned char, 16> bytes_{};
};

/// The addresses that share their first bits.
class ip_network {
public:
  /// Reads `ADDRESS/BITS`, or an address alone; nothing for any other text, or one with bits beyond BITS.
  static std::optional<ip_network> from(std::string_view text);

  bool contains(const ip_address& address) const;

private:
  ip_address first_;
  std::size_t bits_ = 0; // of the 128 of an IPv6 form
};

} // namespace parseflow

template <>
struct std::hash<parseflow::ip_address> {
  std::size_t operator()(const parseflow::ip_address& address) const noexcept {
    const auto& bytes = address.bytes();
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
};
