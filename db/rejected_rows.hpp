// Converts frames that the database refused to rows of the table `rejected_frame` and back; the same for
// every database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "db/store.hpp"

namespace parseflow::db {

/// How many rows are read at once: each may have megabytes.
inline constexpr int rejected_rows_at_once = 10;

/// A row of `rejected_frame`. `drain`, `frame_id` and `app` are stored names.
struct rejected_row {
  std::string drain, frame_id, app;
  bool has_structured_data = false;
  timestamp received_at{};
  /// Only written, never read back.
  std::string reason;
  std::string body;
};

/// The row of a frame; the frame may hold any bytes.
rejected_row row_of(const frame& refused, std::string_view reason);

/// The frame in the row with the id `number`.
rejected_frame frame_of(std::int64_t number, rejected_row row);

} // namespace parseflow::db
