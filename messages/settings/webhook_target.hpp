// Where alerts are posted: a URL in the two parts that a client needs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parseflow {

/// The parts of `https://hooks.example.com:8443/services/T0/B0?key=…`.
struct webhook_target {
  /// `https://hooks.example.com:8443`.
  std::string origin;
  /// `/services/T0/B0?key=…`; `/` if the URL has none.
  std::string path;
};

/// Splits `url` into its parts. Nothing if it is not an http or https URL, names no host, or holds a user's
/// name: such a URL cannot be posted to.
std::optional<webhook_target> webhook_target_from(std::string_view url);

} // namespace parseflow
