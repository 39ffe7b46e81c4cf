// Whether a request comes from this machine's own user: a service without credentials answers no one else.
#pragma once

#include <optional>
#include <string_view>

namespace parseflow::http {

/// True if pages that were loaded from `host` have this `Origin`.
bool is_own_origin(std::string_view origin, std::string_view host);

/// True if no page of another site can have sent the request. A browser lets any page send requests to
/// loopback. Such a request carries as `Host` the name that the page asked for (which its owner may point at
/// 127.0.0.1), and the page's own `Origin`.
/// @param host The header `Host`; empty if there is none: browsers always send one.
/// @param origin The header `Origin`, if there is one.
/// @param allowed_origin An origin whose pages may ask, `*` for all; if empty, only our own.
bool is_local_request(std::string_view host, std::optional<std::string_view> origin,
                      std::string_view allowed_origin);

} // namespace parseflow::http
