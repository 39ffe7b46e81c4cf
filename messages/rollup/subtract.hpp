// The reverse of merging rollups.
#pragma once

#include "messages/rollup/minute_rollup.hpp"

namespace parseflow::rollup {

/// Subtracts what `counted`, which was merged into `from`, added. Then every counter, bucket and sum of
/// `from` is as if `counted` had never been merged, and names that only `counted` had are gone. What is not
/// additive stays: the last and the greatest of values (while any value is left), and known visitors and
/// members. Beyond `limits` the sums over all names are still exact.
void subtract(span_rollup& from, const span_rollup& counted);

/// The same for what was counted in one minute.
void subtract(minute_rollup& from, const minute_rollup& counted);

} // namespace parseflow::rollup
