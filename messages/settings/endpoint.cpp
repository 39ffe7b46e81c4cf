#include "messages/settings/endpoint.hpp"

#include <array>

#include <arpa/inet.h>
#include <strings.h>

#include "messages/read_number.hpp"

namespace parseflow {

std::optional<endpoint> endpoint_from(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return std::nullopt;
  const auto port = read_number<std::uint16_t>(text.substr(colon + 1));
  if (host.empty() || !port || *port == 0)
    return std::nullopt;
  return endpoint{std::string{host}, *port};
}

bool is_loopback_name(std::string_view host) {
  const std::string text{host};
  std::array<unsigned char, sizeof(in6_addr)> address{};
  if (inet_pton(AF_INET, text.c_str(), address.data()) == 1)
    return address[0] == 127;
  return strcasecmp(text.c_str(), "localhost") == 0 || text == "::1";
}

} // namespace parseflow
