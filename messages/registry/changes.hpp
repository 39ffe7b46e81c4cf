// Every change of the registry, as a function over its copy. The store carries out what differs.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "messages/expected.hpp"
#include "messages/registry/registry.hpp"

namespace parseflow {

/// A token that was not shown for so long makes room for another.
inline constexpr std::chrono::days unused_token_age{30};

/// Adds a drain. Fails if its id or user is taken, or if user or apps are no names.
expected<> add_drain(registry_copy& to, registered_drain drain);

/// Adds a password to the drain with this id, in place of the oldest if it has two. Fails if there is no
/// such drain.
expected<> add_password(registry_copy& to, std::string_view id, drain_password password);

/// Removes the drain with this id, with its passwords and tokens. Fails if there is no such drain.
expected<> remove_drain(registry_copy& from, std::string_view id);

/// Adds a key. Fails if its id or name is taken.
expected<> add_key(registry_copy& to, registered_key key);

/// Removes the key with this id. Fails if there is no such key.
expected<> remove_key(registry_copy& from, std::string_view id);

/// Notes when passwords, tokens and keys were used, and learns tokens that nobody has shown yet. A drain that
/// has `registry_copy::max_tokens` learns no more until one of them is `unused_token_age` old. Times change by
/// at least a minute for passwords and keys, a day for tokens. Ignores what was removed meanwhile.
void note_uses(registry_copy& in, const registry_uses& uses);

/// True if the drain with this id may learn one more token at `shown`.
bool has_room_for_token(const registry_copy& in, std::string_view drain, timestamp shown);

/// True if the two differ in more than times of last use.
bool is_changed(const registry_copy& before, const registry_copy& after);

/// Fails unless name and apps of the key need no quoting, and if an admin were to see only some apps.
expected<> check_key(const registered_key& key);

/// Fails unless `user` can stand in a URL, and `app` on a command line.
expected<> check_user(std::string_view user);
expected<> check_app(std::string_view app);

} // namespace parseflow
