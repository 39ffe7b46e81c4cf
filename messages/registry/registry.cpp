#include "messages/registry/registry.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <xxhash.h>

namespace parseflow {

const registered_drain* find_drain(const registry_copy& in, std::string_view id) {
  const auto found = std::find_if(in.drains.begin(), in.drains.end(),
                                  [id](const registered_drain& one) { return one.id == id; });
  return found == in.drains.end() ? nullptr : &*found;
}

const registered_drain* find_user(const registry_copy& in, std::string_view user) {
  const auto found = std::find_if(in.drains.begin(), in.drains.end(),
                                  [user](const registered_drain& one) { return one.user == user; });
  return found == in.drains.end() ? nullptr : &*found;
}

const registered_key* find_key(const registry_copy& in, std::string_view id) {
  const auto found =
      std::find_if(in.keys.begin(), in.keys.end(), [id](const registered_key& one) { return one.id == id; });
  return found == in.keys.end() ? nullptr : &*found;
}

const registered_key* find_key_named(const registry_copy& in, std::string_view name) {
  const auto found = std::find_if(in.keys.begin(), in.keys.end(),
                                  [name](const registered_key& one) { return one.name == name; });
  return found == in.keys.end() ? nullptr : &*found;
}

std::string_view owner_of(const registry_copy& in, std::string_view token) {
  const auto found =
      std::lower_bound(in.tokens.begin(), in.tokens.end(), token,
                       [](const learnt_token& one, std::string_view sought) { return one.token < sought; });
  return found == in.tokens.end() || found->token != token ? std::string_view{} : found->drain;
}

std::string environment_drain_id(std::string_view app, std::string_view user) {
  // Neither an app nor a user of that variable holds a colon.
  const auto text = fmt::format("{}:{}", app, user);
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

} // namespace parseflow
