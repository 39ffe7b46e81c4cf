// Where alerts are posted: what the settings must know of a URL. The client gets the URL as it is written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parseflow {

/// The way to a webhook, as in `https://hooks.example.com:8443/services/T0/B0?key=…`.
struct webhook_target {
  /// By `https`.
  bool is_encrypted = false;
  /// `hooks.example.com`; an IPv6 address without its brackets.
  std::string host;
};

/// Reads `url`. Nothing if it is not an http or https URL, names no host or an impossible port, or holds a
/// user's name: such a URL cannot be posted to.
std::optional<webhook_target> webhook_target_from(std::string_view url);

} // namespace parseflow
