// Walks the table `rollup` from old to young and has rows folded, a few at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/failure.hpp"
#include "db/rollup_fold.hpp"
#include "messages/system_time.hpp"

namespace parseflow::db {

/// Rows of one app and node to fold into that of the minute `start`, whether there is one or not.
struct fold_order {
  minute start{};
  std::string app, node;    // as they are stored
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

  /// Does with the rows what `fold_rows` says, in one transaction. Rows that are gone meanwhile are no
  /// matter.
  virtual folded_rows fold(std::span<const fold_order> orders) = 0;
};

/// Folds rows in a transaction of a database: `read` gives the rows of an order, locked and in time order
/// with that of the minute `start` first, `save` changes or makes one, `remove` removes some.
template <class Transaction>
folded_rows fold_all(Transaction& transaction, std::span<const fold_order> orders) {
  folded_rows done;
  for (const fold_order& order : orders) {
    const std::vector<rollup_row> rows = transaction.read(order);
    const auto fold = fold_rows(order.start, rows);
    if (!fold)
      continue;
    // A row that is not there cannot be locked.
    if (!transaction.save({order.start, order.app, order.node}, fold->data,
                          next_revision(fold->revision, system_time())))
      throw stale_rollup("a writer has just made the rollup that others are to be added to");
    transaction.remove(order, fold->gone);
    done += rows_of(*fold);
  }
  return done;
}

/// Folds the rows of one level. Remembers how far it has come, so that it is cheap to find that nothing is to
/// do; looks at everything again once a day, since late lines make new rows behind it.
class fold_walk {
public:
  explicit fold_walk(const fold_level& level) : level_(level) {}

  /// Does the next piece: some spans in which nothing is to do, or so many rows that it takes some
  /// milliseconds; adds what it did to `done`. False: that was all for now. What the table throws passes;
  /// call again.
  bool step(rollup_table& table, timestamp now, folded_rows& done);

private:
  bool look(rollup_table& table, timestamp now);
  void choose_beginning(timestamp now);
  void order(rollup_table& table, const fold_span& span);

  const fold_level level_;
  // All spans before this were looked at.
  minute position_{};
  bool is_under_way_ = false;
  std::optional<timestamp> last_full_look_;
  // Of the last span that was looked at; those before `next_` are done.
  std::vector<fold_order> orders_;
  std::size_t next_ = 0;
  int tries_ = 0;
};

} // namespace parseflow::db
