// SQLITE RETENTION: walks the tables in the order of insertion, and gives free space back to the disk.
#pragma once

#include <memory>
#include <string>

#include "db/retention.hpp"

namespace parseflow::db {

/// Removes old rows that a SQLite store keeps in the file at `path`.
std::unique_ptr<retention> make_sqlite_retention(std::string path, const retention_settings& kept);

} // namespace parseflow::db
