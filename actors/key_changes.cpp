#include "actors/key_changes.hpp"

#include <utility>

#include "messages/registry/changes.hpp"
#include "messages/registry/password.hpp"
#include "messages/system_time.hpp"

namespace parseflow::actors {

key_change add_key(db::registry_store& registry, std::string name, key_role role,
                   std::vector<std::string> apps) {
  key_change result;
  result.text = generate_key();
  result.key = {generate_entry_id(),
                std::move(name),
                role,
                std::move(apps),
                key_hash(result.text.reveal()),
                system_time(),
                {}};
  result.refusal = check_key(result.key);
  if (result.refusal)
    result.stored = registry.edit([&](registry_copy& all) { return parseflow::add_key(all, result.key); },
                                  result.refusal);
  return result;
}

key_change remove_key(db::registry_store& registry, const std::string& name) {
  key_change result;
  result.stored = registry.edit(
      [&](registry_copy& all) {
        const auto* found = find_key(all, name);
        if (found == nullptr)
          found = find_key_named(all, name);
        if (found != nullptr)
          result.key = *found;
        return parseflow::remove_key(all, found != nullptr ? result.key.id : name);
      },
      result.refusal);
  return result;
}

change_outcome ensure_session_key(db::registry_store& registry) {
  change_outcome result;
  result.stored = registry.edit(
      [](registry_copy& all) -> expected<> {
        if (all.session_key.empty())
          all.session_key = generate_session_key();
        return {};
      },
      result.refusal);
  return result;
}

change_outcome sign_out_everywhere(db::registry_store& registry) {
  change_outcome result;
  result.stored = registry.edit(
      [](registry_copy& all) -> expected<> {
        all.session_key = generate_session_key();
        return {};
      },
      result.refusal);
  return result;
}

} // namespace parseflow::actors
