#include "db/downsample.hpp"

#include "messages/rollup/rollup_form.hpp"
#include "messages/rollup/span_start.hpp"

namespace parseflow::db {

downsample_span span_of(const downsample_level& level, minute at) {
  const minute start = rollup::span_start(at, level.length);
  return {start, start + level.length};
}

minute downsample_limit(const downsample_level& level, timestamp now) {
  return rollup::span_start(minute_of(now) - level.age, level.length);
}

std::optional<merged_row> downsample_rows(minute start, std::span<const rollup_row> rows) {
  merged_row merged;
  rollup::span_rollup sum;
  for (const rollup_row& row : rows) {
    const auto data = rollup::decode(row.data);
    if (row.at == start) {
      if (!data)
        return std::nullopt;
      merged.revision = row.revision;
    } else if (data) {
      merged.gone.push_back(row.at);
    }
    if (data)
      merge(sum, *data);
  }
  if (merged.gone.empty())
    return std::nullopt;
  merged.data = encode(sum);
  return merged;
}

downsampled_rows rows_of(const merged_row& merged) {
  return {merged.gone.size() + (merged.revision > 0 ? 1 : 0), 1};
}

} // namespace parseflow::db
