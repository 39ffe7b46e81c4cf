#include "messages/registry/changes.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace parseflow {

namespace {

constexpr std::chrono::minutes password_resolution{1}, key_resolution{1};
constexpr std::chrono::days token_resolution{1};
constexpr std::size_t max_user_bytes = 64, max_name_bytes = 64, max_app_bytes = 200;

// Letters that need no quoting, neither in a URL nor in a shell.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

problem no_such_drain(std::string_view id) {
  return {fmt::format("there is no drain {} in the registry: parseflow drains list shows all", id)};
}

registered_drain* find(registry_copy& in, std::string_view id) {
  return const_cast<registered_drain*>(find_drain(in, id));
}

// The place of the token that makes room for another; the end if none does.
std::vector<learnt_token>::const_iterator unused_token(const registry_copy& in, std::string_view drain,
                                                       timestamp shown) {
  return std::find_if(in.tokens.begin(), in.tokens.end(), [&](const learnt_token& one) {
    return one.drain == drain && shown - one.last_seen >= unused_token_age;
  });
}

bool has_free_place(const registry_copy& in, std::string_view drain) {
  const auto count = std::count_if(in.tokens.begin(), in.tokens.end(),
                                   [drain](const learnt_token& one) { return one.drain == drain; });
  return static_cast<std::size_t>(count) < registry_copy::max_tokens;
}

void learn(registry_copy& in, const learnt_token& shown) {
  const auto place =
      std::lower_bound(in.tokens.begin(), in.tokens.end(), shown.token,
                       [](const learnt_token& one, const std::string& sought) { return one.token < sought; });
  if (place != in.tokens.end() && place->token == shown.token) {
    if (place->drain == shown.drain && shown.last_seen - place->last_seen >= token_resolution)
      place->last_seen = shown.last_seen;
    return;
  }
  if (has_free_place(in, shown.drain)) {
    in.tokens.insert(place, shown);
    return;
  }
  const auto unused = unused_token(in, shown.drain, shown.last_seen);
  if (unused == in.tokens.end())
    return;
  in.tokens.erase(unused);
  learn(in, shown);
}

void forget_times(registry_copy& in) {
  for (auto& drain : in.drains)
    for (auto& password : drain.passwords)
      password.last_used = {};
  for (auto& token : in.tokens)
    token.last_seen = {};
  for (auto& key : in.keys)
    key.last_used = {};
}

} // namespace

expected<> check_user(std::string_view user) {
  if (user.empty() || user.size() > max_user_bytes || !is_plain(user))
    return problem{
        fmt::format("the user of a drain must be 1 to {} letters, digits, - _ or .", max_user_bytes)};
  return {};
}

expected<> check_app(std::string_view app) {
  if (app.empty() || app.size() > max_app_bytes || !is_plain(app) || app.front() == '-')
    return problem{
        fmt::format("the name of an app must be 1 to {} letters, digits, - _ or .", max_app_bytes)};
  return {};
}

expected<> check_key(const registered_key& key) {
  if (key.name.empty() || key.name.size() > max_name_bytes || !is_plain(key.name) || key.name.front() == '-')
    return problem{
        fmt::format("the name of a key must be 1 to {} letters, digits, - _ or .", max_name_bytes)};
  if (key.role == key_role::admin && !key.apps.empty())
    return problem{"an admin key sees all apps: leave the apps out, or make a key that reads"};
  for (const auto& app : key.apps)
    if (auto valid = check_app(app); !valid)
      return valid;
  return {};
}

expected<> add_drain(registry_copy& to, registered_drain drain) {
  if (find_user(to, drain.user) != nullptr)
    return problem{fmt::format("the user {} has a drain in the registry already: choose another name, or "
                               "give that drain a new password with parseflow drains rotate",
                               drain.user)};
  if (find_drain(to, drain.id) != nullptr)
    return problem{fmt::format("the drain {} is in the registry already", drain.id)};
  const auto place =
      std::lower_bound(to.drains.begin(), to.drains.end(), drain,
                       [](const registered_drain& a, const registered_drain& b) { return a.id < b.id; });
  to.drains.insert(place, std::move(drain));
  return {};
}

expected<> add_password(registry_copy& to, std::string_view id, drain_password password) {
  auto* const drain = find(to, id);
  if (drain == nullptr)
    return no_such_drain(id);
  auto& passwords = drain->passwords;
  passwords.push_back(std::move(password));
  if (passwords.size() > registered_drain::max_passwords)
    passwords.erase(passwords.begin());
  return {};
}

expected<> remove_drain(registry_copy& from, std::string_view id) {
  if (std::erase_if(from.drains, [id](const registered_drain& one) { return one.id == id; }) == 0)
    return no_such_drain(id);
  std::erase_if(from.tokens, [id](const learnt_token& one) { return one.drain == id; });
  return {};
}

expected<> add_key(registry_copy& to, registered_key key) {
  if (find_key_named(to, key.name) != nullptr)
    return problem{fmt::format("there is a key {} in the registry already: choose another name, or remove it "
                               "with parseflow keys remove",
                               key.name)};
  if (find_key(to, key.id) != nullptr)
    return problem{fmt::format("the key {} is in the registry already", key.id)};
  const auto place =
      std::lower_bound(to.keys.begin(), to.keys.end(), key,
                       [](const registered_key& a, const registered_key& b) { return a.id < b.id; });
  to.keys.insert(place, std::move(key));
  return {};
}

expected<> remove_key(registry_copy& from, std::string_view id) {
  if (std::erase_if(from.keys, [id](const registered_key& one) { return one.id == id; }) == 0)
    return problem{fmt::format("there is no key {} in the registry: parseflow keys list shows all", id)};
  return {};
}

void note_uses(registry_copy& in, const registry_uses& uses) {
  for (const auto& use : uses.passwords)
    if (auto* const drain = find(in, use.drain))
      for (auto& password : drain->passwords)
        if (password.hash == use.hash && use.at - password.last_used >= password_resolution)
          password.last_used = use.at;
  for (const auto& shown : uses.tokens)
    learn(in, shown);
  for (const auto& use : uses.keys)
    for (auto& key : in.keys)
      if (key.id == use.key && use.at - key.last_used >= key_resolution)
        key.last_used = use.at;
}

bool has_room_for_token(const registry_copy& in, std::string_view drain, timestamp shown) {
  return has_free_place(in, drain) || unused_token(in, drain, shown) != in.tokens.end();
}

bool is_changed(const registry_copy& before, const registry_copy& after) {
  auto old = before, now = after;
  forget_times(old);
  forget_times(now);
  return old != now;
}

} // namespace parseflow
