// The registry: the drains that may post, their passwords as hashes, and the tokens that they have shown; and
// the keys that may read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/registry/key.hpp"
#include "messages/settings/secret.hpp"
#include "messages/time.hpp"

namespace parseflow {

/// One password of a drain, as it is kept: the password itself is nowhere.
struct drain_password {
  /// Argon2id, as libsodium writes it.
  std::string hash;
  /// See `password_mark`; empty for a password that was not generated.
  std::string mark;
  timestamp created{};
  /// To within a minute; the epoch: never.
  timestamp last_used{};

  bool operator==(const drain_password&) const = default;
};

/// A drain of the registry: an entry that may post for its apps, whatever its passwords are.
struct registered_drain {
  /// At most this many passwords are valid at once: the old one and the new one of a rotation.
  static constexpr std::size_t max_passwords = 2;

  /// 16 hex digits. Never changes.
  std::string id;
  /// Unique in the registry.
  std::string user;
  /// At least one. With several, `?app=` says which one a request is for.
  std::vector<std::string> apps;
  /// The oldest first.
  std::vector<drain_password> passwords;
  timestamp created{};
  /// It was an entry of PARSEFLOW_DRAINS, and its frames go on under the keys that they had then.
  bool is_imported = false;

  bool operator==(const registered_drain&) const = default;
};

/// A token that a drain has shown; no other drain may show it.
struct learnt_token {
  std::string token;
  /// The id of the drain, which may be an entry of PARSEFLOW_DRAINS.
  std::string drain;
  /// To within a day.
  timestamp last_seen{};

  bool operator==(const learnt_token&) const = default;
};

/// What the registry held at one moment. Immutable once it is shared.
struct registry_copy {
  /// At most this many tokens of one drain are told apart.
  static constexpr std::size_t max_tokens = 20;

  /// Grows with every change, except of the times of last use.
  std::uint64_t version = 0;
  /// By id.
  std::vector<registered_drain> drains;
  /// By token.
  std::vector<learnt_token> tokens;
  /// By id.
  std::vector<registered_key> keys = {};
  /// Signs sessions, on all nodes; empty until one was made.
  secret session_key = {};

  bool operator==(const registry_copy&) const = default;
};

using registry_copy_ptr = std::shared_ptr<const registry_copy>;

/// What nodes note of drains and keys in use.
struct registry_uses {
  struct password_use {
    /// The drain's id, and the hash of the password.
    std::string drain, hash;
    timestamp at{};
  };
  std::vector<password_use> passwords;
  /// Tokens that were shown, known or new.
  std::vector<learnt_token> tokens;
  struct key_use {
    /// The key's id.
    std::string key;
    timestamp at{};
  };
  std::vector<key_use> keys = {};

  bool empty() const { return passwords.empty() && tokens.empty() && keys.empty(); }
};

/// The drain with this id, or with this user; null if there is none.
const registered_drain* find_drain(const registry_copy& in, std::string_view id);
const registered_drain* find_user(const registry_copy& in, std::string_view user);

/// The key with this id, or with this name; null if there is none.
const registered_key* find_key(const registry_copy& in, std::string_view id);
const registered_key* find_key_named(const registry_copy& in, std::string_view name);

/// The drain that has learnt `token`; empty if none has.
std::string_view owner_of(const registry_copy& in, std::string_view token);

/// The id of an entry of PARSEFLOW_DRAINS: the same on every node and after every start.
std::string environment_drain_id(std::string_view app, std::string_view user);

} // namespace parseflow
