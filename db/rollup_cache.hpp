// Caches the merged rollups of minutes that still grow, as the database holds them, so that most writes need
// not read. The cache stays right when another session writes: see `revision`.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "db/rollup_row.hpp"
#include "messages/rollup/minute_rollup.hpp"

namespace parseflow::db {

/// The rollup of one minute of one app on this node.
struct rollup_key {
  minute at{};
  /// A stored name.
  std::string app;

  auto operator<=>(const rollup_key&) const = default;
};

/// A rollup, and the revision of the row that holds it.
struct cached_rollup {
  rollup::minute_rollup data;
  /// The revision in the table; 0 if the table has no such row.
  std::int64_t revision = 0;
  std::size_t bytes = 0;       // encoded, plus the overhead of an entry
  std::uint64_t last_used = 0; // number of the transaction
};

/// Serves one transaction at a time: `add` for each batch, `store`, then `commit`, or `clear` after
/// a failure.
class rollup_cache {
public:
  /// Reads a row, within the transaction. May throw.
  using loader = std::function<std::optional<cached_rollup>(const rollup_key&)>;
  /// Updates the row if it still has `expected_revision`, or inserts it if that is 0 and there is no row;
  /// returns the new revision. Throws otherwise.
  using saver =
      std::function<std::int64_t(const rollup_key&, std::string_view data, std::int64_t expected_revision)>;

  /// Keeps at most `max_bytes` of encoded rollups between transactions; decoded they take a few times
  /// as much.
  explicit rollup_cache(std::size_t max_bytes = 32u << 20) : max_bytes_(max_bytes) {}

  /// Adds what one batch counted. A minute that is not cached is first read with `load`.
  void add(const std::string& app, const rollup::partial& counted, const loader& load);

  /// Gives every changed rollup to `save`, in the order of keys.
  void store(const saver& save);

  /// From now on the table holds what was given to `save`.
  void commit();

  /// Forgets everything, so that it is read again. Call it after a failure: then only the table is right.
  void clear();

  /// The number of cached rollups, which `add` need not read.
  std::size_t size() const { return kept_.size(); }

private:
  void shrink();

  std::map<rollup_key, cached_rollup> kept_;
  std::map<rollup_key, cached_rollup> changed_; // moved out of kept_ for the running transaction
  std::size_t max_bytes_;
  std::size_t kept_bytes_ = 0;
  std::uint64_t transaction_ = 0;
};

} // namespace parseflow::db
