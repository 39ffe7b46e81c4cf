// The command `parseflow keys`: lists, makes and removes keys of readers in the database, and ends sessions.
#pragma once

#include <string>

#include "messages/expected.hpp"
#include "messages/settings/command_line.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// Carries the command out on the database of the settings, whether the service runs or not. Returns what to
/// print.
expected<std::string> run_keys(const settings& values, const keys_command& asked);

} // namespace parseflow::actors
