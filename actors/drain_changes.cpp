#include "actors/drain_changes.hpp"

#include <utility>

#include <fmt/format.h>

#include "messages/registry/changes.hpp"
#include "messages/registry/password.hpp"
#include "messages/system_time.hpp"

namespace parseflow::actors {

namespace {

constexpr std::size_t letters_of_user = 8;

const registered_drain* find_named(const registry_copy& all, const std::string& name) {
  const auto* const found = find_drain(all, name);
  return found != nullptr ? found : find_user(all, name);
}

expected<> check_names(const std::vector<std::string>& apps, const std::string& user) {
  if (apps.empty())
    return problem{"a drain needs at least one app"};
  for (const auto& app : apps)
    if (auto valid = check_app(app); !valid)
      return valid;
  return check_user(user);
}

// Applies `change` to the registry, with the id of the drain that has the name.
template <class Change>
drain_change change_named(db::registry_store& registry, const std::string& name, Change change) {
  drain_change result;
  result.stored = registry.edit(
      [&](registry_copy& all) -> expected<> {
        const auto* const found = find_named(all, name);
        const auto id = found != nullptr ? found->id : name;
        if (found != nullptr)
          result.drain = *found;
        auto changed = change(all, id);
        if (const auto* const now = find_drain(all, id))
          result.drain = *now;
        return changed;
      },
      result.refusal);
  return result;
}

} // namespace

drain_change add_drain(db::registry_store& registry, std::vector<std::string> apps, std::string user) {
  drain_change result;
  const auto now = system_time();
  const auto id = generate_entry_id();
  if (user.empty() && !apps.empty())
    user = fmt::format("{}-{}", apps.front().substr(0, 32), id.substr(0, letters_of_user));
  result.refusal = check_names(apps, user);
  if (!result.refusal)
    return result;
  result.password = generate_password();
  result.drain = {id, std::move(user), std::move(apps), {kept_generated(result.password, now)}, now, false};
  result.stored = registry.edit([&](registry_copy& all) { return parseflow::add_drain(all, result.drain); },
                                result.refusal);
  return result;
}

drain_change rotate_drain(db::registry_store& registry, const std::string& name) {
  auto password = generate_password();
  const auto kept = kept_generated(password, system_time());
  auto result = change_named(
      registry, name, [&](registry_copy& all, const std::string& id) { return add_password(all, id, kept); });
  result.password = std::move(password);
  return result;
}

drain_change remove_drain(db::registry_store& registry, const std::string& name) {
  return change_named(registry, name, [](registry_copy& all, const std::string& id) {
    return parseflow::remove_drain(all, id);
  });
}

drain_change import_drain(db::registry_store& registry, const environment_drain& entry) {
  drain_change result;
  const auto now = system_time();
  result.drain = {entry.id, entry.user, entry.apps, {}, now, true};
  const auto first =
      entry.passwords.size() - std::min(entry.passwords.size(), registered_drain::max_passwords);
  for (auto i = first; i < entry.passwords.size(); ++i)
    result.drain.passwords.push_back(kept_chosen(entry.passwords[i], now));
  result.stored = registry.edit([&](registry_copy& all) { return parseflow::add_drain(all, result.drain); },
                                result.refusal);
  return result;
}

db::result report_drains(db::registry_store& registry, const std::vector<environment_drain>& environment,
                         drain_reports& found) {
  registry_copy all;
  if (auto read = registry.read(all); read.code != db::outcome::done)
    return read;
  std::vector<app_activity> apps;
  if (auto read = registry.read_activity(system_time() - drain_reports::span, apps);
      read.code != db::outcome::done)
    return read;
  found = report_of(all, environment, apps);
  return {};
}

} // namespace parseflow::actors
