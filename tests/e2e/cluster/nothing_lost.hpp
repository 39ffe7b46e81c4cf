// Checks of what must hold for a cluster, whatever happened to its nodes.
#pragma once

#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/traffic_jam.hpp"

namespace parseflow::e2e {

/// Sends SIGTERM to a node and checks that it ends well; if not, shows its log.
void check_stops(cluster& nodes, std::size_t index);

/// Ends the senders, and checks that none used up its tries, that every line is stored exactly once, and that
/// the metrics of every node are the truth, in this run and in the next one of all nodes.
void check_nothing_lost(cluster& nodes, const stored& database, traffic_jam& jam);

} // namespace parseflow::e2e
