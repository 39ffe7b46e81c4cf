// Merges the answers of all nodes of a cluster. The result is what one node would answer if it had seen the
// traffic of all.
#pragma once

#include <span>

#include "messages/answers.hpp"
#include "messages/watch.hpp"

namespace parseflow {

/// Precondition: there is at least one answer, all are to the same question, and the first is the asked
/// node's own.
metrics_snapshot merge_answers(std::span<const snapshot_ptr> answers);
series_sums merge_answers(std::span<const series_sums_ptr> answers);
watched_counts merge_answers(std::span<const watched_counts_ptr> answers);
alert_report merge_answers(std::span<const alert_report_ptr> answers);

} // namespace parseflow
