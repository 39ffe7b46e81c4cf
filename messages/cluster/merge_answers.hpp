// What all nodes of a cluster counted, from what each did. Every one of these is the answer that one node
// would give that had seen the traffic of all.
#pragma once

#include <span>

#include "messages/answers.hpp"
#include "messages/watch.hpp"

namespace parseflow {

/// Precondition: at least one, all to one question. The first is the asked node's own.
metrics_snapshot merge_answers(std::span<const snapshot_ptr> answers);
series_sums merge_answers(std::span<const series_sums_ptr> answers);
watched_counts merge_answers(std::span<const watched_counts_ptr> answers);
alert_report merge_answers(std::span<const alert_report_ptr> answers);

} // namespace parseflow
