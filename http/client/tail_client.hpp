// `parseflow tail`: follows the lines of a running service over HTTP, and writes them to the terminal.
#pragma once

#include "messages/expected.hpp"
#include "messages/settings/command_line.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::http {

/// Writes lines to standard output as they come, and what else is to be said to standard error. Connects again
/// when the connection is lost, without a line twice. Returns the exit status when nobody reads the output any
/// more; fails if the service refuses the question, or cannot be reached at first.
/// @param values Say where the service is, unless the command does, and the API key.
expected<int> follow_lines(const tail_command& command, const settings& values);

} // namespace parseflow::http
