// What the bytes of one segment hold, damaged ones too: read by recovery and by `parseflow journal`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "db/journal/record.hpp"
#include "db/journal/segment_file.hpp"

namespace parseflow::db {

/// A whole record, without its body, and where it begins.
struct located_record {
  std::size_t at = 0;
  found_record record;
};

/// Bytes that are no whole record.
struct damaged_range {
  std::size_t at = 0;
  std::size_t size = 0;
};

/// A segment, as far as it can be read.
struct segment_contents {
  std::vector<located_record> records; ///< In their order.
  /// The header, between whole records, or what the disk does not give; in their order.
  std::vector<damaged_range> damage;
  /// Records that begin behind the last whole one: torn when the program was killed, which means that they
  /// were not acknowledged, or damaged later.
  std::uint32_t torn_records = 0;
  /// Where the last whole record ends.
  std::size_t used = segment_header_bytes;
};

/// Finds the records of a life in a segment.
segment_contents walk_segment(const file_bytes& segment, const segment_file::header_found& says);

} // namespace parseflow::db
