#include "db/frame_rows.hpp"

#include "db/row_mapping.hpp"
#include "db/stored_text.hpp"

namespace parseflow::db {

namespace {

constexpr std::chrono::minutes last_seen_resolution{1};
constexpr std::size_t max_known_drains = 50'000;

} // namespace

std::vector<frame_row> frame_rows(std::span<const batch_ptr> batches) {
  std::vector<frame_row> rows;
  rows.reserve(batches.size());
  for (const batch_ptr& batch : batches) {
    const frame& origin = *batch->origin;
    rows.push_back({batch, stored_name(origin.key.drain), stored_name(origin.key.id), stored_name(origin.app),
                    storable_time(origin.received_at)});
  }
  return rows;
}

std::optional<std::int32_t> drain_cache::find(const frame_row& row) const {
  const auto found = known_.find(row.drain);
  if (found == known_.end() || found->second.app != row.app ||
      row.received_at - found->second.last_seen >= last_seen_resolution)
    return std::nullopt;
  return found->second.id;
}

void drain_cache::put(const frame_row& row, std::int32_t id) {
  entry& known = known_[row.drain];
  known = {id, row.app, std::max(known.last_seen, row.received_at)};
}

void drain_cache::trim() {
  if (known_.size() > max_known_drains)
    known_.clear();
}

} // namespace parseflow::db
