// What the bytes of one segment hold, damaged ones too: read by recovery and by `parseflow journal`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "db/journal/record.hpp"

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
  /// Of its life; nothing for a file that is new, or of which nothing is whole.
  std::optional<std::uint64_t> generation;
  std::vector<located_record> records; ///< In their order.
  std::vector<damaged_range> damage;   ///< The header, or between whole records.
  /// Records that begin behind the last whole one: torn when the program was killed, which means that they
  /// were not acknowledged, or damaged later.
  std::uint32_t torn_records = 0;
  /// Where the last whole record ends.
  std::size_t used = 0;
};

/// Reads a segment. Without a whole header its generation is the newest of its records.
segment_contents walk_segment(std::string_view bytes);

} // namespace parseflow::db
