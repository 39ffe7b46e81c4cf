// The drains that may post: the entries of `http.drains`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/settings/secret.hpp"

namespace parseflow {

/// One registered drain: the credentials for posting as one app.
struct drain_credentials {
  std::string app;
  std::string user;
  secret password;
};

/// The entries that a text holds. On failure `drains` is empty and `problem` says which entry is wrong,
/// without its password.
struct parsed_drains {
  std::vector<drain_credentials> drains;
  std::string problem;
};

/// Reads `app:user:password` entries separated by commas or white space; a password may hold colons.
parsed_drains parse_drains(std::string_view text);

} // namespace parseflow
