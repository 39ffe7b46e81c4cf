#include "tests/support/memory_store.hpp"

#include <algorithm>

namespace parseflow::db {

write_result memory_store::write(std::span<const batch_ptr> batches) {
  write_result written;
  for (const batch_ptr& batch : batches) {
    const frame& origin = *batch->origin;
    if (!frames_.emplace(origin.key.drain, origin.key.id).second) {
      written.stored_here.push_back(batch);
      continue;
    }
    lines_ += batch->records.requests.size() + batch->records.lines.size();
    for (const rollup::part& part : batch->partial)
      merge(rollups_[{part.at, origin.app}], part.data);
  }
  return written;
}

result memory_store::set_aside(const frame& refused, std::string_view) {
  rejected_.push_back(refused);
  return {};
}

recall_result memory_store::recall(const recall_question& question, const recall_callbacks& callbacks) {
  const auto& names = question.rollups_of.names;
  const bool is_named = std::find(names.begin(), names.end(), "") != names.end();
  if (callbacks.on_rollup && is_named != question.rollups_of.is_except)
    for (const auto& [key, data] : rollups_)
      callbacks.on_rollup({key.second, key.first, data, ""});
  if (callbacks.on_stored)
    for (const frame_key& key : question.frames)
      if (frames_.contains({key.drain, key.id}))
        callbacks.on_stored(key);
  if (callbacks.on_alert)
    for (const auto& [key, one] : alerts_)
      if (!one.is_resolved || one.resolved_at >= question.alerts_since)
        callbacks.on_alert(one);
  return {};
}

result memory_store::write_alerts(std::span<const alert> changed) {
  for (const alert& one : changed)
    alerts_.insert_or_assign({one.raised_at, one.type, one.app}, one);
  return {};
}

} // namespace parseflow::db
