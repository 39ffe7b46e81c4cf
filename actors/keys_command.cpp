#include "actors/keys_command.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "actors/key_changes.hpp"
#include "actors/list_text.hpp"

namespace parseflow::actors {

namespace {

using what_to_do = keys_command::action;

std::string apps_text(const registered_key& key) {
  return key.apps.empty() ? "all" : fmt::format("{}", fmt::join(key.apps, ","));
}

expected<std::string> list_keys(db::registry_store& registry) {
  registry_copy all;
  if (auto read = registry.read(all); read.code != db::outcome::done)
    return problem{std::move(read.message)};
  if (all.keys.empty())
    return "no key is registered: parseflow keys add NAME makes one\n";
  std::size_t name_width = 4, apps_width = 4;
  for (const auto& one : all.keys) {
    name_width = std::max(name_width, one.name.size());
    apps_width = std::max(apps_width, apps_text(one).size());
  }
  std::string text = fmt::format("{:<16}  {:<{}}  {:<5}  {:<{}}  {:<20}  {}\n", "key", "name", name_width,
                                 "role", "apps", apps_width, "made", "last used");
  for (const auto& one : all.keys)
    text += fmt::format("{:<16}  {:<{}}  {:<5}  {:<{}}  {:<20}  {}\n", one.id, one.name, name_width,
                        to_string(one.role), apps_text(one), apps_width, time_or_never(one.created),
                        time_or_never(one.last_used));
  return text;
}

} // namespace

expected<std::string> run_keys(const settings& values, const keys_command& asked) {
  const auto opened = db::open_registry_store(values.storage, asked.what == what_to_do::add);
  if (!opened)
    return opened.error();
  auto& registry = **opened;
  switch (asked.what) {
  case what_to_do::add: {
    const auto change = add_key(registry, asked.key, asked.role, asked.apps);
    if (auto done = change.done(); !done)
      return done.error();
    return change.text.reveal() + "\n";
  }
  case what_to_do::remove: {
    const auto change = remove_key(registry, asked.key);
    if (auto done = change.done(); !done)
      return done.error();
    return fmt::format("{} {} is removed\n", change.key.id, change.key.name);
  }
  case what_to_do::sign_out_everywhere:
    if (auto done = sign_out_everywhere(registry).done(); !done)
      return done.error();
    return "all sessions have ended\n";
  case what_to_do::list:
    break;
  }
  return list_keys(registry);
}

} // namespace parseflow::actors
