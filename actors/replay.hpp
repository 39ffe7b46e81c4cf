// The command `parseflow replay`: stores what the journal still holds, and takes nothing in.
#pragma once

#include "messages/expected.hpp"
#include "messages/process_stop.hpp"
#include "messages/settings/config.hpp"

namespace parseflow::actors {

/// Returns when the database has everything. A stop signal ends the process at once: as after a kill, the
/// journal keeps what is not stored. Posts no alerts and removes no rows.
expected<> replay(config& configuration, const stop_signals& signals);

} // namespace parseflow::actors
