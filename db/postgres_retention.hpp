// POSTGRES RETENTION: drops the partitions of old days, and makes the next day's ahead.
#pragma once

#include <memory>
#include <string>

#include "db/retention.hpp"

namespace parseflow::db {

/// Removes old rows from the database at `url`, which PostgreSQL stores keep. Of several nodes one does so at
/// a time: the pass of another one is over with its first step.
std::unique_ptr<retention> make_postgres_retention(std::string url, const retention_settings& kept);

} // namespace parseflow::db
