// CAF's type ids and atoms for the messages between the boxes of a cluster, in addition
// to messages/type_ids.hpp.
#pragma once

#include <caf/all.hpp>

#include "messages/cluster/peer_tails.hpp"
#include "messages/cluster/protocol.hpp"
#include "messages/type_ids.hpp"

namespace parseflow {

struct membership;
struct peer_news;

} // namespace parseflow

CAF_BEGIN_TYPE_ID_BLOCK(parseflow_cluster, caf::id_block::parseflow::end)
CAF_ADD_TYPE_ID(parseflow_cluster, (parseflow::node_identity))
CAF_ADD_TYPE_ID(parseflow_cluster, (parseflow::hello))
CAF_ADD_TYPE_ID(parseflow_cluster, (parseflow::over_wire<parseflow::frame>))
CAF_ADD_TYPE_ID(parseflow_cluster, (parseflow::over_wire<parseflow::metrics_snapshot>))
CAF_ADD_TYPE_ID(parseflow_cluster, (parseflow::over_wire<parseflow::series_sums>))
CAF_ADD_TYPE_ID(parseflow_cluster, (parseflow::over_wire<parseflow::watched_counts>))
CAF_ADD_TYPE_ID(parseflow_cluster, (parseflow::over_wire<parseflow::alert_report>))
CAF_ADD_TYPE_ID(parseflow_cluster, (parseflow::peer_tail))
CAF_ADD_TYPE_ID(parseflow_cluster, (parseflow::peer_lines))
CAF_ADD_TYPE_ID(parseflow_cluster, (parseflow::peer_lines_taken))
CAF_ADD_ATOM(parseflow_cluster, parseflow, leave_atom, "leave")
CAF_END_TYPE_ID_BLOCK(parseflow_cluster)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::membership)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::peer_news)
