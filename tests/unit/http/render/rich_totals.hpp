// What is counted of lines that have something of everything.
#pragma once

#include "messages/rollup/minute_rollup.hpp"

namespace parseflow::test {

/// Every field that lines can fill is filled. The lines are of 2026-03-02 14:07:31 UTC, received at `now`.
rollup::minute_rollup rich_totals(timestamp now, const rollup::limits& bounds = {});

} // namespace parseflow::test
