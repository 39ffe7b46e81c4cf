#include "http/access/local_request.hpp"

#include <algorithm>

#include "messages/settings/endpoint.hpp"

namespace parseflow::http {

namespace {

// `127.0.0.1:5000`, `[::1]:5000` and `localhost` without their ports.
std::string_view name_in(std::string_view host) {
  if (host.starts_with('['))
    return host.substr(1, std::max<std::size_t>(host.find(']'), 1) - 1);
  return host.substr(0, host.find(':'));
}

} // namespace

bool is_own_origin(std::string_view origin, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (origin.starts_with(scheme) && origin.substr(scheme.size()) == host)
      return true;
  return false;
}

bool is_local_request(std::string_view host, std::optional<std::string_view> origin,
                      std::string_view allowed_origin) {
  if (!host.empty() && !is_loopback_name(name_in(host)))
    return false;
  return !origin || allowed_origin == "*" || (!allowed_origin.empty() && *origin == allowed_origin) ||
         is_own_origin(*origin, host);
}

} // namespace parseflow::http
