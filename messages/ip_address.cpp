#include "messages/ip_address.hpp"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "messages/read_number.hpp"

namespace parseflow {

namespace {

constexpr std::size_t mapped_bytes = 12; // before an IPv4 address in its IPv6 form
constexpr std::array<unsigned char, mapped_bytes> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// True if all bits from `first` on are zero.
bool has_only(std::size_t first, const ip_address& address) {
  for (std::size_t i = first; i < 128; ++i)
    if ((address.bytes()[i / 8] & (0x80u >> i % 8)) != 0)
      return false;
  return true;
}

} // namespace

ip_address ip_address::of_ipv6(const unsigned char* bytes) {
  ip_address result;
  std::memcpy(result.bytes_.data(), bytes, result.bytes_.size());
  return result;
}

ip_address ip_address::of_ipv4(const unsigned char* bytes) {
  ip_address result;
  std::copy(mapped.begin(), mapped.end(), result.bytes_.begin());
  std::memcpy(result.bytes_.data() + mapped_bytes, bytes, 4);
  return result;
}

ip_address::ip_address(const sockaddr_storage& of) {
  if (of.ss_family == AF_INET6)
    *this = of_ipv6(reinterpret_cast<const sockaddr_in6&>(of).sin6_addr.s6_addr);
  else if (of.ss_family == AF_INET)
    *this =
        of_ipv4(reinterpret_cast<const unsigned char*>(&reinterpret_cast<const sockaddr_in&>(of).sin_addr));
}

std::optional<ip_address> ip_address::from(std::string_view text) {
  const std::string whole{text};
  std::array<unsigned char, 16> bytes{};
  if (whole.size() != std::strlen(whole.c_str()))
    return std::nullopt;
  if (inet_pton(AF_INET, whole.c_str(), bytes.data()) == 1)
    return of_ipv4(bytes.data());
  if (inet_pton(AF_INET6, whole.c_str(), bytes.data()) == 1)
    return of_ipv6(bytes.data());
  return std::nullopt;
}

bool ip_address::is_ipv4() const {
  return std::equal(mapped.begin(), mapped.end(), bytes_.begin());
}

bool ip_address::is_loopback() const {
  if (is_ipv4())
    return bytes_[mapped_bytes] == 127;
  ip_address own;
  own.bytes_.back() = 1;
  return *this == own;
}

ip_address ip_address::client_network() const {
  auto result = *this;
  if (!is_ipv4())
    std::fill(result.bytes_.begin() + 8, result.bytes_.end(), static_cast<unsigned char>(0));
  return result;
}

std::string ip_address::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_ipv4())
    inet_ntop(AF_INET, bytes_.data() + mapped_bytes, text.data(), text.size());
  else
    inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
  return text.data();
}

std::optional<ip_network> ip_network::from(std::string_view text) {
  const auto slash = text.find('/');
  const auto first = ip_address::from(text.substr(0, slash));
  if (!first)
    return std::nullopt;
  // "::ffff:10.0.0.0/104" says its bits as IPv6 does.
  const bool is_short = first->is_ipv4() && text.find(':') == std::string_view::npos;
  const std::size_t most = is_short ? 32 : 128;
  auto bits = most;
  if (slash != std::string_view::npos) {
    const auto given = read_number<unsigned>(text.substr(slash + 1));
    if (!given || *given > most)
      return std::nullopt;
    bits = *given;
  }
  ip_network result;
  result.first_ = *first;
  result.bits_ = bits + (is_short ? mapped_bytes * 8 : 0);
  return has_only(result.bits_, *first) ? std::optional{result} : std::nullopt;
}

bool ip_network::contains(const ip_address& address) const {
  const auto whole = bits_ / 8;
  const auto& own = first_.bytes();
  const auto& given = address.bytes();
  if (!std::equal(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(whole), given.begin()))
    return false;
  const auto rest = bits_ % 8;
  return rest == 0 || ((own[whole] ^ given[whole]) & (0xff00u >> rest) & 0xffu) == 0;
}

} // namespace parseflow
