// Changes of the keys in the registry of a database, as the command and the API ask for them.
#pragma once

#include <string>
#include <vector>

#include "actors/change_outcome.hpp"
#include "db/registry_store.hpp"
#include "messages/registry/registry.hpp"
#include "messages/settings/secret.hpp"

namespace parseflow::actors {

/// What came of a change of a key.
struct key_change : change_outcome {
  /// As it is now.
  registered_key key;
  /// The new key, which nobody can ask for again.
  secret text;
};

/// Makes a key. Without apps it sees all.
key_change add_key(db::registry_store& registry, std::string name, key_role role,
                   std::vector<std::string> apps);

/// Removes a key, by its id or name.
key_change remove_key(db::registry_store& registry, const std::string& name);

/// Makes the key that signs sessions, unless there is one.
change_outcome ensure_session_key(db::registry_store& registry);

/// Makes another key that signs sessions: those that were signed before end.
change_outcome sign_out_everywhere(db::registry_store& registry);

} // namespace parseflow::actors
