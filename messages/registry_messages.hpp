// What the registrar exchanges with the HTTP side.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "messages/registry/drain_report.hpp"
#include "messages/registry/registry.hpp"
#include "messages/settings/secret.hpp"

namespace parseflow {

/// REGISTRAR → REGISTRY LISTENER: what the registry holds, as far as this node knows.
struct registry_news {
  /// Null: none was ever read, neither from the database nor from the data folder.
  registry_copy_ptr copy;
  /// When the look at the database began that found it so: whatever was registered before is in the copy. The
  /// beginning of the clock: the copy is from the data folder.
  std::chrono::steady_clock::time_point as_of{};
};

/// HTTP → REGISTRAR: registers a drain.
struct drain_wish {
  std::vector<std::string> apps;
  /// Empty: the registrar chooses.
  std::string user;
};

/// HTTP → REGISTRAR: gives a drain a second password.
struct drain_rotation {
  std::string id;
};

/// HTTP → REGISTRAR: removes a drain.
struct drain_removal {
  std::string id;
};

/// HTTP → REGISTRAR: all drains, with what came through them.
struct drains_query {};

/// HTTP → REGISTRAR: makes a key.
struct key_wish {
  std::string name;
  key_role role = key_role::read;
  /// Empty: all.
  std::vector<std::string> apps;
};

/// HTTP → REGISTRAR: removes a key.
struct key_removal {
  std::string id;
};

/// HTTP → REGISTRAR: all keys.
struct keys_query {};

/// REGISTRAR → HTTP: all keys, by id, with the times of last use that the database has.
struct key_list {
  std::vector<registered_key> all;
};

/// REGISTRAR → HTTP: a new key, which nobody can ask for again.
struct issued_key {
  registered_key key;
  secret text;
};

/// REGISTRAR → HTTP: a drain and its new password, which nobody can ask for again.
struct issued_password {
  registered_drain drain;
  secret password;
};

} // namespace parseflow
