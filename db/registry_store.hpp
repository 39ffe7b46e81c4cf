// REGISTRY STORE: the registry of drains and keys in the database, which all nodes share.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "db/store.hpp"
#include "messages/expected.hpp"
#include "messages/registry/drain_report.hpp"
#include "messages/registry/registry.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::db {

/// Changes a copy of the registry. What it fails with is the answer to who asked for the change.
using registry_change = std::function<expected<>(registry_copy&)>;

/// A database's registry. Calls block; only one thread may use a registry store. No call throws.
class registry_store {
public:
  virtual ~registry_store() = default;

  /// As `store::open`.
  virtual result open() = 0;

  /// Reads the registry into `known`, unless that has its version already.
  virtual result read(registry_copy& known) = 0;

  /// Calls `change` with what the registry holds, and stores what it has changed, in one transaction. Nothing
  /// is stored if `change` fails, which `refusal` then holds. Unless the outcome is `done`, nothing was
  /// stored, or perhaps all if `in_doubt`.
  virtual result edit(const registry_change& change, expected<>& refusal) = 0;

  /// The apps with drains, by name. Lines count from the minute of `since` on.
  virtual result read_activity(timestamp since, std::vector<app_activity>& found) = 0;
};

/// The registry in the database that `storage_settings::url` names, not yet open.
std::unique_ptr<registry_store> make_registry_store(const storage_settings& storage);

/// The same, open, for a command. Fails if it cannot be opened, or if it is an SQLite file that is missing.
/// @param may_create A missing file is made, and its folder.
expected<std::unique_ptr<registry_store>> open_registry_store(const storage_settings& storage,
                                                              bool may_create);

} // namespace parseflow::db
