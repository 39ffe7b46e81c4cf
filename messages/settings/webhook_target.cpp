#include "messages/settings/webhook_target.hpp"

#include <algorithm>

#include "messages/settings/endpoint.hpp"

namespace parseflow {

std::optional<webhook_target> webhook_target_from(std::string_view url) {
  constexpr std::string_view separator = "://";
  const auto scheme_end = url.find(separator);
  const auto scheme = url.substr(0, scheme_end);
  const bool is_plain = std::none_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c == '\x7f'; });
  if ((scheme != "http" && scheme != "https") || scheme_end == std::string_view::npos || !is_plain)
    return std::nullopt;
  const auto begin = scheme_end + separator.size();
  const auto end = std::min(url.find_first_of("/?#", begin), url.size());
  const std::string authority{url.substr(begin, end - begin)};
  if (authority.find('@') != std::string::npos)
    return std::nullopt;
  auto place = endpoint_from(authority);
  if (!place) // the scheme's own port
    place = endpoint_from(authority + (scheme == "https" ? ":443" : ":80"));
  if (!place)
    return std::nullopt;
  return webhook_target{scheme == "https", std::move(place->host)};
}

} // namespace parseflow
