// MEMORY STORE: keeps frame keys, rollups and alerts, and counts lines. For tests, and for benchmarks without
// a database.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "db/store.hpp"

namespace parseflow::db {

/// A store in memory only. Never fails. Its rollups belong to a node without a name.
class memory_store final : public store {
public:
  std::string_view kind() const override { return "memory"; }
  result open() override { return {}; }
  write_result write(std::span<const batch_ptr> batches) override;
  result set_aside(const frame& refused, std::string_view reason) override;
  result rejected_groups(const std::function<void(rejected_group)>&) override { return {}; }
  result rejected_frames(std::int64_t, const std::function<void(rejected_frame)>&) override { return {}; }
  write_result write_rejected(std::span<const batch_ptr> batches) override { return write(batches); }
  recall_result recall(const recall_question& question, const recall_callbacks& callbacks) override;
  result write_alerts(std::span<const alert> changed) override;

  /// The lines of all batches except duplicates.
  std::uint64_t stored_lines() const { return lines_; }

  /// Frames that `set_aside` took.
  const std::vector<frame>& rejected() const { return rejected_; }

private:
  std::set<std::pair<std::string, std::string>> frames_; // (drain, id)
  std::map<std::pair<minute, std::string>, rollup::minute_rollup> rollups_;
  std::map<std::tuple<timestamp, std::string, std::string>, alert> alerts_; // (raised at, type, app)
  std::vector<frame> rejected_;
  std::uint64_t lines_ = 0;
};

} // namespace parseflow::db
