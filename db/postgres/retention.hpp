// POSTGRES RETENTION: drops the partitions of old days, and makes those of the next day in advance.
#pragma once

#include <memory>
#include <string>

#include "db/retention.hpp"

namespace parseflow::db {

/// Removes old rows that PostgreSQL stores keep in the database at `url`. Only one node at a time does so: a
/// pass ends when it meets a step of another node, and the next pass continues there.
std::unique_ptr<retention> make_postgres_retention(std::string url, const retention_settings& kept);

} // namespace parseflow::db
