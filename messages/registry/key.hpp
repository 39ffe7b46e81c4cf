// Keys of readers: what one may see, how it is made, and how it is kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/settings/secret.hpp"
#include "messages/time.hpp"

namespace parseflow {

/// What a key allows.
enum class key_role : std::uint8_t {
  read,  ///< To see what was counted.
  admin, ///< To change the registry, too.
};

/// `read`, `admin`.
std::string_view to_string(key_role role);

/// The reverse of `to_string`; nothing for any other text.
std::optional<key_role> key_role_from(std::string_view text);

/// A key of the registry, as it is kept: the key itself is nowhere.
struct registered_key {
  /// 16 hex digits. Never changes.
  std::string id;
  /// Unique in the registry.
  std::string name;
  key_role role = key_role::read;
  /// The apps that it may see; empty: all. Those of an admin are empty.
  std::vector<std::string> apps;
  /// See `key_hash`.
  std::string hash;
  timestamp created{};
  /// To within a minute; the epoch: never.
  timestamp last_used{};

  bool operator==(const registered_key&) const = default;
};

/// A new key: `pf_` and 40 letters and digits, about 200 bits.
secret generate_key();

/// 32 bytes of a fast hash as hex. A slow one would protect keys that can be guessed, which these cannot.
std::string key_hash(std::string_view key);

/// A new key for signing sessions: 32 random bytes as hex.
secret generate_session_key();

} // namespace parseflow
