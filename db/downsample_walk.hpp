// Walks the table `rollup` from the oldest row to the newest and has rows downsampled, a few at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/downsample.hpp"
#include "db/failure.hpp"
#include "messages/system_time.hpp"

namespace parseflow::db {

/// Rows of one app and node to merge into the row of the minute `start`, which need not exist.
struct downsample_order {
  minute start{};
  std::string app, node;    // stored names
  std::vector<minute> rows; // without `start`, in time order
};

/// The table `rollup` of a database. Calls block, and throw what the database throws.
class rollup_table {
public:
  virtual ~rollup_table() = default;

  /// The minute of the first row at `from` or later. Cheap.
  virtual std::optional<minute> first_minute(minute from) = 0;

  /// Calls `take` with the key of every row in [from, to), in time order.
  using key_taker = std::function<void(minute at, std::string_view app, std::string_view node)>;
  virtual void each_key(minute from, minute to, const key_taker& take) = 0;

  /// Applies `downsample_rows` to the rows of each order, in one transaction. Rows that were removed
  /// meanwhile are ignored.
  virtual downsampled_rows downsample(std::span<const downsample_order> orders) = 0;
};

/// Downsamples rows within a transaction of a database. `read` returns the rows of an order, locked and in
/// time order, first that of the minute `start`; `save` updates or inserts one; `remove` removes some.
template <class Transaction>
downsampled_rows downsample_all(Transaction& transaction, std::span<const downsample_order> orders) {
  downsampled_rows done;
  for (const downsample_order& order : orders) {
    const std::vector<rollup_row> rows = transaction.read(order);
    const auto merged = downsample_rows(order.start, rows);
    if (!merged)
      continue;
    // A row that does not exist yet cannot be locked, so another session may have inserted it.
    if (!transaction.save({order.start, order.app, order.node}, merged->data,
                          next_revision(merged->revision, system_time())))
      throw stale_rollup("a writer has just made the rollup that others are to be added to");
    transaction.remove(order, merged->gone);
    done += rows_of(*merged);
  }
  return done;
}

/// Downsamples the rows of one level. Remembers how far it has come, so that finding nothing to do is cheap.
/// Once a day it starts from the oldest row again, since late lines insert rows before its position.
class downsample_walk {
public:
  explicit downsample_walk(const downsample_level& level) : level_(level) {}

  /// Does the next piece: some spans without anything to downsample, or as many rows as take some
  /// milliseconds; adds the counts to `done`. False: nothing is left to do for now. Exceptions of the table
  /// pass through; call again.
  bool step(rollup_table& table, timestamp now, downsampled_rows& done);

private:
  bool look(rollup_table& table, timestamp now);
  void choose_beginning(timestamp now);
  void order(rollup_table& table, const downsample_span& span);

  const downsample_level level_;
  // Every span before this was looked at.
  minute position_{};
  bool is_under_way_ = false;
  std::optional<timestamp> last_full_look_;
  // What to downsample in the span that was looked at last; the orders before `next_` are done.
  std::vector<downsample_order> orders_;
  std::size_t next_ = 0;
  int tries_ = 0;
};

} // namespace parseflow::db
