// The counts of lines that fill every field.
#pragma once

#include "messages/rollup/span_rollup.hpp"

namespace parseflow::test {

/// A rollup in which every field that lines can fill is filled. The lines are dated 2026-03-02 14:07:31 UTC
/// and received at `now`.
rollup::span_rollup rich_totals(timestamp now, const rollup::limits& bounds = {});

} // namespace parseflow::test
