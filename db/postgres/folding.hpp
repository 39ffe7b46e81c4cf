// The table `rollup` of a PostgreSQL database, as folding needs it.
#pragma once

#include <memory>

#include "db/fold_walk.hpp"
#include "db/postgres/session.hpp"

namespace parseflow::db {

/// `session` must outlive the table, and throws what libpqxx throws.
std::unique_ptr<rollup_table> make_postgres_rollups(postgres_session& session);

} // namespace parseflow::db
