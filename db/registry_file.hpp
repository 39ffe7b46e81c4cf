// The copy of the registry in the data folder: the drains and keys that count while the database is away.
#pragma once

#include <optional>
#include <string>

#include "messages/expected.hpp"
#include "messages/registry/registry.hpp"

namespace parseflow::db {

/// The copy in the folder; nothing if there is none, or none that can be read.
std::optional<registry_copy> read_registry_file(const std::string& folder);

/// Replaces the copy in the folder: a crash leaves the old one or the new one, whole. Only its owner can read
/// it. Fails if the folder cannot be written.
expected<> save_registry_file(const std::string& folder, const registry_copy& copy);

} // namespace parseflow::db
