#include "messages/settings/endpoint.hpp"

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

} // namespace parseflow
