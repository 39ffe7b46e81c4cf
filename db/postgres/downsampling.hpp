// The table `rollup` of a PostgreSQL database, for downsampling.
#pragma once

#include <memory>

#include "db/downsample_walk.hpp"
#include "db/postgres/link.hpp"

namespace parseflow::db {

/// `link` must outlive the table and be open whenever the table is used. Throws what libpqxx throws.
std::unique_ptr<rollup_table> make_postgres_rollups(const postgres_link& link);

} // namespace parseflow::db
