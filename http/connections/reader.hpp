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

/// Who has shown a key or a session, or was let in by a proxy; and what that allows.
struct reader {
  /// The id of the key, or `key_register::settings_key`; empty: none was shown.
  std::string key;
  key_role role = key_role::read;
  /// Empty: all.
  std::vector<std::string> apps;
  /// Asks by a link that another reader has shared, which ends then.
  std::optional<timestamp> shared_until = {};
  /// Whom a trusted proxy has let in, instead of a key.
  std::string user = {};

  /// Nobody needs a key, so this may be anybody.
  bool is_anonymous() const { return key.empty() && user.empty(); }

  bool may_see(std::string_view app) const {
    return apps.empty() || std::find(apps.begin(), apps.end(), app) != apps.end();
  }
};

} // namespace parseflow::http
