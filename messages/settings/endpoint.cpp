#include "messages/settings/endpoint.hpp"

#include <charconv>

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
  const auto digits = text.substr(colon + 1);
  endpoint result{std::string{host}, 0};
  const auto* const end = digits.data() + digits.size();
  const auto [stopped, problem] = std::from_chars(digits.data(), end, result.port);
  if (host.empty() || problem != std::errc{} || stopped != end || result.port == 0)
    return std::nullopt;
  return result;
}

} // namespace parseflow
