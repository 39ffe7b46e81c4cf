// From record to record, over what is damaged.
#include "db/journal/segment_walk.hpp"

#include <algorithm>

namespace parseflow::db {

segment_contents walk_segment(std::string_view bytes) {
  segment_contents result;
  result.generation = decode_segment_header(bytes);
  if (!result.generation) {
    const auto header = bytes.substr(0, segment_header_bytes);
    // A file that was killed before its first record begins with zeros.
    if (std::any_of(header.begin(), header.end(), [](char c) { return c != 0; }))
      result.damage.push_back({0, header.size()});
    result.generation = newest_generation(bytes);
  }
  if (!result.generation)
    return result;
  result.used = segment_header_bytes;
  for (auto at = result.used; const auto whole = find_record(bytes, at, *result.generation);) {
    auto record = decode_record(bytes.substr(*whole), *result.generation, false);
    if (!record) { // whole by its checksum, yet not one of ours
      at = *whole + 8;
      continue;
    }
    if (*whole > result.used)
      result.damage.push_back({result.used, *whole - result.used});
    at = result.used = *whole + record->size;
    result.records.push_back({*whole, std::move(*record)});
  }
  for (auto at = result.used; at < bytes.size(); at += 8)
    result.torn_records += begins_record(bytes.substr(at), *result.generation);
  return result;
}

} // namespace parseflow::db
