// The table `drain` in PostgreSQL.
#pragma once

#include <vector>

#include "db/frame_rows.hpp"
#include "db/postgres/session.hpp"

namespace parseflow::db {

/// Sets the drain ids of `rows`. Drains that `known` does not hold are updated or inserted, and added to
/// `known`. Uses transactions of its own: all nodes change the rows of drains, so a node that hangs while it
/// stores lines must not hold their locks.
void find_drains(postgres_session& session, std::vector<frame_row>& rows, drain_cache& known);

} // namespace parseflow::db
