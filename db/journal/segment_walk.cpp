#include "db/journal/segment_walk.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace parseflow::db {

segment_contents walk_segment(const file_bytes& segment, const segment_file::header_found& says) {
  segment_contents result;
  if (!says.begins_whole)
    result.damage.push_back({0, std::min(segment_header_bytes, segment.bytes.size())});
  if (!says.header)
    return result;
  const std::string_view bytes = segment.bytes;
  const auto life = says.header->life;
  for (auto at = segment_header_bytes; at + record_header_bytes <= bytes.size();) {
    const auto rest = bytes.substr(at);
    if (!begins_record(rest, life)) {
      at += 8;
      continue;
    }
    auto record = decode_record(rest, life, false);
    if (!record) {
      ++result.torn_records;
      at += 8;
      continue;
    }
    if (at > result.used)
      result.damage.push_back({result.used, at - result.used});
    result.torn_records = 0;
    const auto size = record->size;
    result.records.push_back({at, std::move(*record)});
    at = result.used = at + size;
  }
  for (const auto& [at, size] : segment.unreadable)
    if (at >= result.used)
      result.damage.push_back({at, size});
  return result;
}

} // namespace parseflow::db
