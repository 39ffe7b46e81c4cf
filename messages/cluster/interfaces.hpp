// The boxes of a cluster on one screen: their typed handles. The pipeline's are in interfaces.hpp. `membership` and
// `peer_news` hold handles of this file, so they are in membership.hpp.
#pragma once

#include <caf/all.hpp>

#include "messages/cluster/type_ids.hpp"
#include "messages/interfaces.hpp"

namespace parseflow {

/// DOOR: what a node is to its peers. The only box that the network reaches.
using door_actor = caf::typed_actor<
    // A greeting, and later a sign of life: each side says who it is.
    caf::replies_to<call>::with<node_identity>,
    // A frame that belongs to this node. Answered as a request is.
    caf::replies_to<carried<frame>>::with<verdict>,
    // What this node alone has counted. Errors: ec::not_ready until its own past is restored.
    caf::replies_to<metrics_query>::with<carried<metrics_snapshot>>,
    // Errors: ec::not_ready, ec::unknown_metric.
    caf::replies_to<series_query>::with<carried<series_sums>>,
    // Errors: ec::not_ready.
    caf::replies_to<watch_query>::with<carried<watched_counts>>,
    // What this node alone has judged. Never an error.
    caf::replies_to<alerts_query>::with<carried<alert_report>>,
    // The node of this identity is about to stop: give it no more frames. True when that is known.
    caf::replies_to<leave_atom, node_identity>::with<bool>>;

/// MEMBERSHIP SINK: wants to know who is there.
using membership_sink_actor = caf::typed_actor<
    // The state after each change, and first when it is attached.
    caf::reacts_to<membership>>;

/// MEMBERS: keeps who is there.
using members_actor = caf::typed_actor<
    // From a link, which dials a peer.
    caf::reacts_to<peer_news>,
    // From the door, at which a peer called.
    caf::reacts_to<call>,
    // Looks for callers that are silent; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>,
    // A peer said that it stops.
    caf::reacts_to<leave_atom, node_identity>,
    // Adds a sink.
    caf::reacts_to<attach_atom, membership_sink_actor>,
    // Tells all peers that this node stops; answers true when they know, or do not answer.
    caf::replies_to<stop_atom>::with<bool>>;

/// LINK: finds the node at one address, and watches it.
using link_actor = caf::typed_actor<
    // Tries the next connection, or asks for the next sign of life. Numbered: one that was overtaken by the
    // loss of the peer does nothing.
    caf::reacts_to<caf::tick_atom, std::uint64_t>>;

/// FORWARDER: brings each frame to the node that it belongs to, and if that fails to the next.
using forwarder_actor = entry_actor::extend_with<membership_sink_actor>::extend<
    // Gives up waiting for the budgets of peers; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>>;

/// GATHERER: asks all nodes and merges what they answer in time.
using gatherer_actor =
    metrics_source_actor::extend_with<alert_source_actor>::extend_with<membership_sink_actor>::extend<
        // Has the alerts judged by what all nodes counted, and the counts of absent nodes read again; sends
        // itself the next tick.
        caf::reacts_to<caf::tick_atom>>;

} // namespace parseflow
