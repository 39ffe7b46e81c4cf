// Finds out what the bytes of one segment hold, damaged or not. Used by recovery and by `parseflow journal`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "db/journal/record.hpp"
#include "db/journal/segment_file.hpp"

namespace parseflow::db {

/// A whole record without its body, and its offset.
struct located_record {
  std::size_t at = 0;
  found_record record;
};

/// Bytes that are not part of a whole record.
struct damaged_range {
  std::size_t at = 0;
  std::size_t size = 0;
};

/// What can be read of a segment.
struct segment_contents {
  std::vector<located_record> records; ///< In their order.
  /// A damaged header, bytes between whole records, and bytes that the disk does not return; in their order.
  std::vector<damaged_range> damage;
  /// Records that begin after the last whole one. They were torn when the program was killed, and so not
  /// acknowledged, or they were damaged later.
  std::uint32_t torn_records = 0;
  /// The offset at which the last whole record ends.
  std::size_t used = segment_header_bytes;
};

/// Finds the records of a segment's life.
segment_contents walk_segment(const file_bytes& segment, const segment_file::header_found& says);

} // namespace parseflow::db
