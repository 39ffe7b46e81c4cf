// The table `drain` in PostgreSQL.
#pragma once

#include <vector>

#include "db/frame_rows.hpp"
#include "db/postgres/session.hpp"

namespace parseflow::db {

/// Sets the drain ids of `rows`; drains that `known` does not hold are updated or made, and are in it
/// afterwards. In transactions of its own: drains are rows that all nodes change, and a node that hangs while
/// it stores lines then holds none of them.
void find_drains(postgres_session& session, std::vector<frame_row>& rows, drain_cache& known);

} // namespace parseflow::db
