// Frames that the database refused ↔ rows of the table `rejected_frame`; the same for every database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "db/store.hpp"

namespace parseflow::db {

/// Rows that are read at once: each may have megabytes.
inline constexpr int rejected_rows_at_once = 10;

/// A row of `rejected_frame`. `drain`, `frame_id` and `app` are stored names.
struct rejected_row {
  std::string drain, frame_id, app;
  bool has_structured_data = false;
  timestamp received_at{};
  /// Not read.
  std::string reason;
  std::string body;
};

/// The row of a frame, whatever bytes the frame holds.
rejected_row row_of(const frame& refused, std::string_view reason);

/// The frame of the row that has `number` as its id.
rejected_frame frame_of(std::int64_t number, rejected_row row);

} // namespace parseflow::db
