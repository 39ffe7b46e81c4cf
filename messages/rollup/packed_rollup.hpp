// A rollup that takes little memory while nobody adds to it: its compact form.
#pragma once

#include <memory>
#include <string>

#include "messages/rollup/minute_rollup.hpp"

namespace parseflow::rollup {

/// Open or packed; packed it takes about a tenth. Reading does not open it, adding does.
class packed_rollup {
public:
  /// Adds `from`. Opens it.
  void add(const minute_rollup& from);

  /// Takes back what was added: see `rollup::take_back`. Opens it.
  void take_back(const minute_rollup& counted);

  /// Packs it. Nothing to do if it is packed.
  void pack();

  bool is_open() const { return open_ != nullptr; }

  /// Adds it to `sum`.
  void add_to(minute_rollup& sum, extent detail) const;

  /// What it holds.
  minute_rollup value(extent detail = extent::all) const;

private:
  minute_rollup& opened();

  std::unique_ptr<minute_rollup> open_; // nothing while packed
  std::string bytes_;
};

} // namespace parseflow::rollup
