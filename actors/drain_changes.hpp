// Changes of the registry of drains in a database, as the command and the API ask for them.
#pragma once

#include <string>
#include <vector>

#include "actors/change_outcome.hpp"
#include "db/registry_store.hpp"
#include "messages/registry/environment_drains.hpp"
#include "messages/registry/registry.hpp"
#include "messages/settings/secret.hpp"

namespace parseflow::actors {

/// What came of a change of a drain.
struct drain_change : change_outcome {
  /// As it is now.
  registered_drain drain;
  /// The new password, which nobody can ask for again.
  secret password;
};

/// Registers a drain, with a new password. An empty user gets a name that nobody guesses.
drain_change add_drain(db::registry_store& registry, std::vector<std::string> apps, std::string user);

/// Gives a drain (by its id or user) a new password; the one before it stays valid.
drain_change rotate_drain(db::registry_store& registry, const std::string& name);

/// Removes a drain, by its id or user.
drain_change remove_drain(db::registry_store& registry, const std::string& name);

/// Takes over a drain of PARSEFLOW_DRAINS that is not in the registry, with the passwords that it has there.
drain_change import_drain(db::registry_store& registry, const environment_drain& entry);

/// Reads the registry and the traffic of its apps.
db::result report_drains(db::registry_store& registry, const std::vector<environment_drain>& environment,
                         drain_reports& found);

} // namespace parseflow::actors
