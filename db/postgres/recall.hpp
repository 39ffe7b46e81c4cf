// What a start reads from PostgreSQL: see `store::recall`.
#pragma once

#include <string>

#include "db/postgres/session.hpp"
#include "db/store.hpp"

namespace parseflow::db {

/// Reads in one transaction. Each query has the time that `session` gives one call: how long all take depends
/// on how much there is. Throws what libpqxx throws.
/// @param node A stored name: whose alerts are meant.
/// @return Rollups that cannot be read.
std::uint64_t recall(postgres_session& session, const std::string& node, const recall_question& question,
                     const recall_ears& ears);

} // namespace parseflow::db
