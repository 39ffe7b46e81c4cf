// The typed handles of the boxes of a cluster. Those of the pipeline are in messages/interfaces.hpp.
// `membership` and `peer_news` hold handles of this file, so they are in membership.hpp.
#pragma once

#include <caf/all.hpp>

#include "messages/cluster/type_ids.hpp"
#include "messages/interfaces.hpp"

namespace parseflow {

/// PEER TAILS: shows readers of other nodes the lines of this one, and its own readers theirs.
using peer_tails_actor = caf::typed_actor<
    // Begins to send lines to the asker's gateway. False if it knows no such node, or cannot read the query.
    caf::replies_to<peer_tail>::with<bool>,
    // Lines of a peer. Those for a reader who has gone are dropped.
    caf::reacts_to<peer_lines>,
    // A reader at a peer has taken some of them, or wants no more.
    caf::reacts_to<peer_lines_taken>>;

/// PEER GATEWAY: answers the peers of this node. The only box that the network reaches.
using peer_gateway_actor = peer_tails_actor::extend<
    // A greeting, and later a sign of life: each side says which node it is. Errors: ec::unknown_peer.
    caf::replies_to<hello>::with<node_identity>,
    // A frame that belongs to this node. The answer is the verdict that a drain request would get.
    caf::replies_to<over_wire<frame>>::with<verdict>,
    // The counts of this node alone. Errors: ec::not_ready until the counts of its earlier runs are restored.
    caf::replies_to<metrics_query>::with<over_wire<metrics_snapshot>>,
    // Errors: ec::not_ready, ec::unknown_metric.
    caf::replies_to<series_query>::with<over_wire<series_sums>>,
    // Errors: ec::not_ready.
    caf::replies_to<watch_query>::with<over_wire<watched_counts>>,
    // The alerts of this node alone. Never an error.
    caf::replies_to<alerts_query>::with<over_wire<alert_report>>,
    // The node of this identity is about to stop: it gets no more frames. Always answers true.
    caf::replies_to<leave_atom, node_identity>::with<bool>>;

/// MEMBERSHIP SINK: is notified of which nodes are there.
using membership_sink_actor = caf::typed_actor<
    // The membership after each change, and once when the sink subscribes.
    caf::reacts_to<membership>>;

/// MEMBERS: keeps track of which nodes are there.
using members_actor = caf::typed_actor<
    // News from a link, which dials a peer.
    caf::reacts_to<peer_news>,
    // From the gateway: a peer has called there. Answers which node this is. Errors: ec::unknown_peer if
    // `cluster.peers` does not say that the peer calls.
    caf::replies_to<hello>::with<node_identity>,
    // Looks for callers that have fallen silent; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>,
    // A peer announced that it stops.
    caf::reacts_to<leave_atom, node_identity>,
    // Notifies this sink from now on.
    caf::reacts_to<subscribe_atom, membership_sink_actor>,
    // Announces to all peers that this node stops; answers true when each has confirmed it or did not answer
    // in time.
    caf::replies_to<stop_atom>::with<bool>>;

/// PEER LINK: finds the node at one address and watches it.
using peer_link_actor = caf::typed_actor<
    // Tries the next connection, or asks for the next sign of life. Ticks are numbered, so that one from
    // before the peer was lost does nothing.
    caf::reacts_to<caf::tick_atom, std::uint64_t>>;

/// FORWARDER: brings each frame to its owner or, if that fails, to the next node.
using forwarder_actor =
    entry_actor::extend_with<forwarding_source_actor>::extend_with<membership_sink_actor>::extend<
        // Gives a frame that has waited too long for a peer's budget to the next node; sends itself the
        // next tick.
        caf::reacts_to<caf::tick_atom>>;

/// TAIL GATHERER: puts the lines of all nodes together for the readers of this one.
using tail_gatherer_actor = tail_source_actor::extend_with<stream_producer_actor>::
    extend_with<stream_sink_actor>::extend_with<membership_sink_actor>::extend_with<peer_tails_actor>::extend<
        // Opens what was lost, sends heartbeats; sends itself the next tick.
        caf::reacts_to<caf::tick_atom>>;

/// GATHERER: asks all nodes and merges what they answer in time.
using gatherer_actor =
    metrics_source_actor::extend_with<alert_source_actor>::extend_with<membership_sink_actor>::extend<
        // The rules that the judge has from now on.
        caf::reacts_to<alert_rules>,
        // Has the alerts judged by what all nodes counted, and has the counts of absent nodes read again;
        // sends itself the next tick.
        caf::reacts_to<caf::tick_atom>>;

} // namespace parseflow
