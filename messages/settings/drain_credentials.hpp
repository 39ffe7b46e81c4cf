// The drains that may post: the entries of `http.drains`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/expected.hpp"
#include "messages/settings/secret.hpp"

namespace parseflow {

/// One registered drain: the credentials for posting as one app.
struct drain_credentials {
  std::string app;
  std::string user;
  secret password;

  bool operator==(const drain_credentials&) const = default;
};

/// Reads `app:user:password` entries separated by commas or white space; a password may hold colons. The
/// problem says which entry is wrong, without its password.
expected<std::vector<drain_credentials>> parse_drains(std::string_view text);

} // namespace parseflow
