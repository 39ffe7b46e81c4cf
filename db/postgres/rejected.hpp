// The table of frames that the database refused, in PostgreSQL.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "db/frame_rows.hpp"
#include "db/postgres/session.hpp"
#include "db/rejected_rows.hpp"

namespace parseflow::db {

/// See `store::set_aside`, `store::rejected_groups` and `store::rejected_frames`. They throw what
/// libpqxx throws.
void add_rejected(postgres_session& session, const rejected_row& row);
void read_rejected_groups(postgres_session& session, const std::function<void(rejected_group)>& take);
void read_rejected_frames(postgres_session& session, std::int64_t after,
                          const std::function<void(rejected_frame)>& take);

/// Removes the frames from the table.
void forget_rejected(postgres_transaction& transaction, const std::vector<frame_row>& stored);

} // namespace parseflow::db
