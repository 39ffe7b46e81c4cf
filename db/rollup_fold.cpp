#include "db/rollup_fold.hpp"

#include "messages/rollup/minute_rollup.hpp"
#include "messages/rollup/span_start.hpp"

namespace parseflow::db {

fold_span span_of(const fold_level& level, minute at) {
  const minute start = rollup::span_start(at, level.length);
  return {start, start + level.length};
}

minute fold_limit(const fold_level& level, timestamp now) {
  return rollup::span_start(minute_of(now) - level.age, level.length);
}

std::optional<row_fold> fold_rows(minute start, std::span<const rollup_row> rows) {
  row_fold fold;
  rollup::minute_rollup sum;
  for (const rollup_row& row : rows) {
    const auto data = rollup::decode(row.data);
    if (row.at == start) {
      if (!data)
        return std::nullopt;
      fold.revision = row.revision;
    } else if (data) {
      fold.gone.push_back(row.at);
    }
    if (data)
      merge(sum, *data);
  }
  if (fold.gone.empty())
    return std::nullopt;
  sum.by_second = {};
  fold.data = encode(sum);
  return fold;
}

folded_rows rows_of(const row_fold& fold) {
  return {fold.gone.size() + (fold.revision > 0 ? 1 : 0), 1};
}

} // namespace parseflow::db
