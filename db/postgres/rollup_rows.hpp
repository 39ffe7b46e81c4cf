// Rows of the table `rollup` in PostgreSQL, one at a time.
#pragma once

#include <optional>
#include <string_view>

#include "db/postgres/session.hpp"
#include "db/rollup_row.hpp"

namespace parseflow::db {

std::optional<rollup_row> read_rollup(postgres_transaction& transaction, const rollup_row_key& key);

/// False: the row has a revision other than `change.from`.
bool save_rollup(postgres_transaction& transaction, const rollup_row_key& key, std::string_view data,
                 revision_change change);

} // namespace parseflow::db
