// MEMORY STORE: keeps frame keys, rollups and alerts and counts lines.
#include "db/memory_store.hpp"

#include <algorithm>

namespace parseflow::db {

write_result memory_store::write(std::span<const batch_ptr> batches) {
  for (const batch_ptr& batch : batches) {
    const frame& origin = *batch->origin;
    if (!frames_.emplace(std::pair(origin.key.drain, origin.key.id), origin.received_at).second)
      continue;
    lines_ += batch->records.requests.size() + batch->records.lines.size();
    for (const rollup::part& part : batch->partial)
      merge(rollups_[{part.at, origin.app}], part.data);
  }
  return {};
}

result memory_store::set_aside(const frame& refused, std::string_view) {
  rejected_.push_back(refused);
  return {};
}

result memory_store::recent_frames(timestamp since, std::size_t limit,
                                   const std::function<void(frame_key)>& take) {
  std::vector<std::pair<timestamp, const std::pair<std::string, std::string>*>> recent;
  for (const auto& [key, received_at] : frames_)
    if (received_at >= since)
      recent.emplace_back(received_at, &key);
  std::stable_sort(recent.begin(), recent.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; i < std::min(limit, recent.size()); ++i)
    take({recent[i].second->first, recent[i].second->second});
  return {};
}

result memory_store::stored_among(std::span<const frame_key> keys,
                                  const std::function<void(const frame_key&)>& take) {
  for (const frame_key& key : keys)
    if (frames_.contains({key.drain, key.id}))
      take(key);
  return {};
}

result memory_store::rollups(const node_filter& nodes, const std::function<void(stored_rollup)>& take) {
  const bool is_named = std::find(nodes.names.begin(), nodes.names.end(), "") != nodes.names.end();
  if (is_named == nodes.is_except)
    return {};
  for (const auto& [key, data] : rollups_)
    take({key.second, key.first, data, ""});
  return {};
}

result memory_store::write_alerts(std::span<const alert> changed) {
  for (const alert& one : changed)
    alerts_.insert_or_assign({one.raised_at, one.type, one.app}, one);
  return {};
}

result memory_store::alerts(timestamp since, const std::function<void(alert)>& take) {
  for (const auto& [key, one] : alerts_)
    if (!one.resolved || one.resolved_at >= since)
      take(one);
  return {};
}

} // namespace parseflow::db
