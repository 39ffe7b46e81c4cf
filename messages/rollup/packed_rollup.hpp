// A rollup that is kept in its compact form, and takes little memory, while nothing is added to it.
#pragma once

#include <memory>
#include <string>

#include "messages/rollup/minute_rollup.hpp"

namespace parseflow::rollup {

/// The rollup of a minute, or of a longer span, which has no requests by second. Either open or packed;
/// packed it takes about a tenth of the memory. Adding opens it, reading does not.
class packed_rollup {
public:
  /// Adds `from`. Opens it.
  void add(const minute_rollup& from);
  void add(const span_rollup& from);

  /// Subtracts what was added: see `rollup::subtract`. Opens it.
  void subtract(const minute_rollup& counted);
  void subtract(const span_rollup& counted);

  /// Packs it. Does nothing if it is packed.
  void pack();

  bool is_open() const { return open_ != nullptr; }

  /// Adds it to `sum`.
  void add_to(span_rollup& sum, extent detail) const;

  /// What it holds.
  minute_rollup value(extent detail = extent::all) const;

private:
  minute_rollup& opened();

  std::unique_ptr<minute_rollup> open_; // null while packed
  std::string bytes_;
};

} // namespace parseflow::rollup
