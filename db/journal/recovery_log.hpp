// Reports to the service's log what opening the journal found.
#pragma once

#include "db/journal/journal.hpp"

namespace parseflow::db {

/// Logs frames of an earlier run, damage, files kept aside and torn frames. Says nothing of an empty journal.
void log_recovery(const journal_recovery& found);

} // namespace parseflow::db
