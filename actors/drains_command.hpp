// The command `parseflow drains`: lists, registers, rotates, removes and imports drains in the database.
#pragma once

#include <string>

#include "messages/expected.hpp"
#include "messages/settings/command_line.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// Carries the command out on the database of the settings, whether the service runs or not. Returns what to
/// print.
expected<std::string> run_drains(const settings& values, const drains_command& asked);

} // namespace parseflow::actors
