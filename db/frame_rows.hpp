// Converts batches to rows of `frame` and `drain`, and caches the rows of `drain`; the same for
// every database.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "messages/batch.hpp"

namespace parseflow::db {

/// The row of `frame` for one batch, with what is stored in `drain`.
struct frame_row {
  batch_ptr source;
  /// Stored names.
  std::string drain, id, app;
  timestamp received_at{};
  std::int32_t drain_id = 0;
};

/// One row per batch, in order.
std::vector<frame_row> frame_rows(std::span<const batch_ptr> batches);

/// Caches rows of the table `drain`, so that most writes need not touch it: all nodes write these rows, so
/// locking them causes contention.
class drain_cache {
public:
  /// The id of a drain whose row is up to date: it has this app and was seen within the last minute.
  std::optional<std::int32_t> find(const frame_row& row) const;

  /// Notes what the table will hold once the transaction is committed.
  void put(const frame_row& row, std::int32_t id);

  /// Forgets everything. Call it after a failed transaction.
  void clear() { known_.clear(); }

  /// Forgets everything if there are too many entries.
  void trim();

private:
  struct entry {
    std::int32_t id = 0;
    std::string app;
    timestamp last_seen{};
  };
  std::map<std::string, entry, std::less<>> known_;
};

} // namespace parseflow::db
