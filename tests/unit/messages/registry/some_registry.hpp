// A registry for tests: two drains and a key, with passwords that nobody has.
#pragma once

#include <string>

#include "messages/registry/registry.hpp"

namespace parseflow {

inline timestamp registry_time(std::chrono::microseconds after = {}) {
  return timestamp{std::chrono::hours{490'000}} + after;
}

inline registered_drain some_drain(const std::string& id, const std::string& user) {
  return {id, user, {"shop"}, {{"$argon2id$" + user, "", registry_time(), {}}}, registry_time(), false};
}

inline registered_key some_key(const std::string& id, const std::string& name) {
  return {id, name, key_role::read, {"shop"}, "hash-of-" + name, registry_time(), {}};
}

inline registry_copy some_registry() {
  return {7,
          {some_drain("aa", "one"), some_drain("bb", "two")},
          {{"d.1", "aa", registry_time()}},
          {some_key("cc", "ci")},
          secret{"5e55"}};
}

} // namespace parseflow
