// Whole passes of a retention, and rows of any date for it to remove.
#pragma once

#include <string>
#include <vector>

#include "db/retention.hpp"
#include "messages/batch.hpp"

namespace parseflow {

/// What all steps of one pass did.
struct retention_pass {
  std::array<std::uint64_t, db::kept_tables.size()> rows{};
  std::vector<std::string> partitions;
  db::downsampled_rows downsampled;
  int steps = 0;
  /// The outcome of the first step that did not succeed, which ends the pass.
  db::result outcome;
};
retention_pass run_pass(db::retention& rows, timestamp now);

/// The same age for every table.
retention_settings keep_all_for(std::chrono::seconds age);

/// `at` in the format that Heroku uses.
std::string date_text(timestamp at);

/// A batch of `count` app lines, all dated `at`, in a frame received at `received_at`.
batch_ptr lines_at(timestamp at, int count, timestamp received_at, const std::string& text = "x");

} // namespace parseflow
