// POSTGRES RETENTION: drops the partitions of old days, and makes the next day's ahead.
#pragma once

#include <memory>
#include <string>

#include "db/retention.hpp"

namespace parseflow::db {

/// Removes old rows from the database at `url`, which PostgreSQL stores keep. Of several nodes one does so at
/// a time: a pass that meets the step of another node is over, and the next one goes on from there.
std::unique_ptr<retention> make_postgres_retention(std::string url, const retention_settings& kept);

} // namespace parseflow::db
