// The commands that read or change what is stored: they need no service, and may run beside one.
#pragma once

#include <string>

#include "messages/expected.hpp"
#include "messages/settings/command_line.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// A command's output, which says what was done even if the command failed.
struct command_report {
  std::string text;
  expected<> outcome;
};

/// Carries out `journal`, `rejected`, `drains` or `keys`.
command_report run_data_command(const command_line& line, const settings& values);

} // namespace parseflow::actors
