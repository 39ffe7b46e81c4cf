// Who asks.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/registry/key.hpp"
#include "messages/time.hpp"

namespace parseflow::http {

/// Who has shown a key or a session, and what that allows.
struct reader {
  /// The id of the key, or `key_register::settings_key`; empty: nobody needs a key.
  std::string key;
  key_role role = key_role::read;
  /// Empty: all.
  std::vector<std::string> apps;
  /// Asks by a link that another reader has shared, which ends then.
  std::optional<timestamp> shared_until = {};

  bool may_see(std::string_view app) const {
    return apps.empty() || std::find(apps.begin(), apps.end(), app) != apps.end();
  }
};

} // namespace parseflow::http
