// Batches → rows of `frame` and `drain`, and which drains the database knows already; the same for every
// database.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "messages/batch.hpp"

namespace parseflow::db {

/// A batch on its way into the tables.
struct frame_row {
  batch_ptr source;
  /// Stored names.
  std::string drain, id, app;
  timestamp received_at{};
  std::int32_t drain_id = 0;
};

/// One row per batch, in order.
std::vector<frame_row> frame_rows(std::span<const batch_ptr> batches);

/// What the table `drain` holds, so that most writes need not touch it: rows that every node writes are
/// contended.
class drain_cache {
public:
  /// The id of a drain whose row needs no change: it has this app and was seen within the minute before.
  std::optional<std::int32_t> find(const frame_row& row) const;

  /// What the table holds once the transaction is committed.
  void put(const frame_row& row, std::int32_t id);

  /// Forgets everything: after a failed transaction.
  void clear() { known_.clear(); }

  /// Forgets everything if there is too much of it.
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
