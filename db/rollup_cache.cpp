#include "db/rollup_cache.hpp"

#include <algorithm>
#include <vector>

#include "db/row_mapping.hpp"
#include "messages/rollup/rollup_form.hpp"

namespace parseflow::db {

namespace {

constexpr std::size_t entry_overhead_bytes = 1024;

} // namespace

void rollup_cache::add(const std::string& app, const rollup::partial& counted, const loader& load) {
  for (const rollup::part& part : counted) {
    rollup_key key{minute_of(storable_time(part.at)), app};
    auto entry = changed_.find(key);
    if (entry == changed_.end()) {
      if (auto known = kept_.extract(key)) {
        kept_bytes_ -= known.mapped().bytes;
        entry = changed_.insert(std::move(known)).position;
      } else {
        auto stored = load(key);
        entry = changed_.emplace(std::move(key), stored ? std::move(*stored) : cached_rollup{}).first;
      }
    }
    merge(entry->second.data, part.data);
  }
}

void rollup_cache::store(const saver& save) {
  for (auto& [key, entry] : changed_) {
    const std::string data = encode(entry.data);
    entry.revision = save(key, data, entry.revision);
    entry.bytes = data.size() + entry_overhead_bytes;
  }
}

void rollup_cache::commit() {
  ++transaction_;
  for (auto& [key, entry] : changed_) {
    entry.last_used = transaction_;
    kept_bytes_ += entry.bytes;
  }
  kept_.merge(changed_);
  if (kept_bytes_ > max_bytes_)
    shrink();
}

// Halves the cache at once, so that a flood of late minutes does not cause a sort for each of them.
void rollup_cache::shrink() {
  using iterator = std::map<rollup_key, cached_rollup>::iterator;
  std::vector<iterator> by_use;
  for (auto entry = kept_.begin(); entry != kept_.end(); ++entry)
    by_use.push_back(entry);
  std::stable_sort(by_use.begin(), by_use.end(),
                   [](iterator a, iterator b) { return a->second.last_used < b->second.last_used; });
  for (auto oldest = by_use.begin(); oldest != by_use.end() && kept_bytes_ > max_bytes_ / 2; ++oldest) {
    kept_bytes_ -= (*oldest)->second.bytes;
    kept_.erase(*oldest);
  }
}

void rollup_cache::clear() {
  kept_.clear();
  changed_.clear();
  kept_bytes_ = 0;
}

} // namespace parseflow::db
