#include "messages/rollup/minute_rollup.hpp"

namespace parseflow::rollup {

void merge(minute_rollup& into, const minute_rollup& from, const limits& bounds, extent detail) {
  merge(static_cast<span_rollup&>(into), from, bounds, detail);
  for (std::size_t i = 0; i < into.by_second.size(); ++i)
    into.by_second[i] += from.by_second[i];
}

} // namespace parseflow::rollup
