#include "messages/rollup/packed_rollup.hpp"
#include "messages/rollup/rollup_form.hpp"
#include "messages/rollup/subtract.hpp"

namespace parseflow::rollup {

void packed_rollup::add(const minute_rollup& from) {
  merge(opened(), from);
}

void packed_rollup::add(const span_rollup& from) {
  merge(opened(), from);
}

void packed_rollup::subtract(const minute_rollup& counted) {
  rollup::subtract(opened(), counted);
}

void packed_rollup::subtract(const span_rollup& counted) {
  rollup::subtract(opened(), counted);
}

minute_rollup& packed_rollup::opened() {
  if (!open_) {
    open_ = std::make_unique<minute_rollup>(value());
    bytes_ = {};
  }
  return *open_;
}

void packed_rollup::pack() {
  if (!open_)
    return;
  bytes_ = encode(*open_);
  bytes_.shrink_to_fit();
  open_.reset();
}

void packed_rollup::add_to(span_rollup& sum, extent detail) const {
  if (open_)
    merge(sum, *open_, {}, detail);
  else
    merge(sum, value(detail), {}, detail);
}

minute_rollup packed_rollup::value(extent detail) const {
  if (open_ && detail == extent::all)
    return *open_;
  minute_rollup result;
  if (open_)
    merge(result, *open_, {}, detail);
  else if (!bytes_.empty())
    result = decode(bytes_, detail).value(); // these bytes are our own
  return result;
}

} // namespace parseflow::rollup
