// The entries of PARSEFLOW_DRAINS as drains.
#pragma once

#include <string>
#include <vector>

#include "messages/settings/drain_credentials.hpp"
#include "messages/settings/secret.hpp"

namespace parseflow {

/// One drain of the environment: what is told apart by its id, not by its passwords.
struct environment_drain {
  /// See `environment_drain_id`; that of its first app.
  std::string id;
  std::string user;
  std::vector<std::string> apps;
  std::vector<secret> passwords;
};

/// The drains that the entries make. Entries of one app and user with several passwords are one drain, as in
/// a rotation; so are entries of several apps with the same user and password.
std::vector<environment_drain> environment_drains(const std::vector<drain_credentials>& entries);

} // namespace parseflow
