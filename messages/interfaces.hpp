// The pipeline on two screens: the typed handle of every box, and what each message asks or says. Read this first. The
// messages are in the headers beside this one; the boxes of a cluster are in cluster/interfaces.hpp.
#pragma once

#include <caf/all.hpp>

#include "messages/error.hpp"
#include "messages/type_ids.hpp"

namespace parseflow {

/// PARSER: bytes to a batch, its partial rollup included. Several run side by side.
using parser_actor = caf::typed_actor<
    // Parses the frames, hands their batches to the router, then answers. Never an error but by a crash: then
    // no batch of the group is with the router.
    caf::replies_to<parse_group>::with<parse_receipt>>;

/// RECEIVER: takes frames in once, makes them durable, answers the waiting requests, and keeps the frames
/// until the database has them.
using receiver_actor = caf::typed_actor<
    // Takes one frame in; its `answer` gets the verdict within `receiver_settings::hold`.
    caf::reacts_to<submission>,
    // The same from another node.
    caf::replies_to<frame_ptr>::with<verdict>,
    // Commits the journal's group; the receiver sends it to itself.
    caf::reacts_to<caf::flush_atom>,
    // The frames of earlier runs, or from before a reset: the next part of them, after as many as were told
    // already; 0 begins.
    caf::replies_to<unstored_atom, std::uint64_t>::with<unstored_frames>,
    // What the database has, in parts, after all unstored frames were asked for. Frames of earlier runs are
    // parsed after the last part.
    caf::reacts_to<reconciled_frames>,
    // The frames that were stored within `journal.keep-stored`: the next part of them, likewise. For a
    // database that turns out to be another server, or set back.
    caf::replies_to<kept_atom, std::uint64_t>::with<kept_frames>,
    // Those of the part of `kept_frames` that was told last that the database lacks, before the next part is
    // asked for: they are stored again, and not counted again.
    caf::reacts_to<missing_frames>,
    // Frames that the database has now.
    caf::reacts_to<committed_frames>,
    // Gives the parsers what there is room for; the receiver sends it to itself.
    caf::reacts_to<dispatch_atom>,
    // Puts a parser into the numbered place of the pool; what the former one had in hand is given to it
    // again.
    caf::reacts_to<attach_atom, std::uint32_t, parser_actor>,
    // The boxes behind are replaced and know nothing: what is not stored is parsed again, after
    // `reconciled_frames`.
    caf::reacts_to<reset_atom>,
    // Counters and budgets.
    caf::replies_to<status_atom>::with<receiver_status>,
    // Takes nothing more in; answers true when the database has every frame.
    caf::replies_to<drain_atom>::with<bool>,
    // Ends the wait of requests that are out of time; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>>;

/// RECEIVER SOURCE: tells how the receiver is doing.
using receiver_source_actor = caf::typed_actor<
    // As of the receiver.
    caf::replies_to<status_atom>::with<receiver_status>>;

/// ENTRY: where requests bring their frames: the receiver, or in a cluster the forwarder before it.
using entry_actor = receiver_source_actor::extend<
    // Takes one frame in; its `answer` gets the verdict within `receiver_settings::hold`.
    caf::reacts_to<submission>>;

/// SINK: the last box of a way. Every consumer of batches has this interface.
using sink_actor = caf::typed_actor<
    // Takes one batch. Its bytes count against the receiver's budget until it is stored.
    caf::reacts_to<batch_ptr>>;

/// ROUTER: hands each batch to the sinks of its way.
using router_actor = caf::typed_actor<
    // Adds a sink for batches of one way, besides those that go everywhere. It sees what arrives after this
    // message.
    caf::reacts_to<attach_atom, route, sink_actor>,
    // Fans one batch out.
    caf::reacts_to<batch_ptr>>;

/// METRICS SOURCE: answers questions about what was counted.
using metrics_source_actor = caf::typed_actor<
    // The sum over a window. Never an error: an unknown app has counted nothing.
    caf::replies_to<metrics_query>::with<snapshot_ptr>,
    // Everything ever counted, by app; likewise never an error.
    caf::replies_to<totals_query>::with<totals_ptr>,
    // One sum per step. Errors: ec::unknown_metric.
    caf::replies_to<series_query>::with<series_sums_ptr>,
    // What alert rules look at, for every app. Never an error.
    caf::replies_to<watch_query>::with<watched_counts_ptr>>;

/// WRITER SOURCE: tells how the DB writer is doing.
using writer_source_actor = caf::typed_actor<
    // Connection and counters.
    caf::replies_to<status_atom>::with<writer_status>>;

/// ALERT SINK: wants to know of every alert.
using alert_sink_actor = caf::typed_actor<
    // An alert that was raised or, once more, resolved.
    caf::reacts_to<alert>>;

/// RETENTION LISTENER: is told how retention is doing.
using retention_listener_actor = caf::typed_actor<
    // When that has changed.
    caf::reacts_to<retention_status>>;

/// ALERT SOURCE: answers which alerts there are.
using alert_source_actor = caf::typed_actor<
    // Never an error: an unknown app has no alerts.
    caf::replies_to<alerts_query>::with<alert_report_ptr>>;

/// CLUSTER JUDGE: an alert source that judges rules about apps by what all nodes counted.
using cluster_judge_actor = alert_source_actor::extend<
    // Judges, and announces what the last notifier left if this node is the notifier now.
    caf::reacts_to<cluster_counts>>;

/// JUDGE: raises and resolves alerts, and has them stored and announced.
using judge_actor = cluster_judge_actor::extend<
    // What earlier runs raised. Until then it judges nothing, for a minute at most.
    caf::reacts_to<restored_alerts>,
    // Adds a sink for the alerts that are announced to this audience after this message, until it is gone.
    caf::reacts_to<attach_atom, alerts::audience, alert_sink_actor>,
    // How the DB writer is doing now: after each transaction or failure.
    caf::reacts_to<writer_status>,
    // How the webhook is doing now.
    caf::reacts_to<webhook_status>,
    // What it has posted.
    caf::reacts_to<posted_alert>,
    // Asks what was counted and judges it; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>>;

/// METRICS HISTORY: the truth about what was counted.
using metrics_history_actor = metrics_source_actor::extend<
    // Adds what was counted.
    caf::reacts_to<fresh_counts_ptr>,
    // What earlier runs counted.
    caf::reacts_to<restored_counts>,
    // Takes back what these batches added.
    caf::reacts_to<stored_elsewhere>,
    // Folds aged rollups and prepares sums; answers true when that is done.
    caf::replies_to<caf::tick_atom>::with<bool>>;

/// METRICS AGGREGATOR, the primary sink: counts, and hands it on. An answer counts every batch that came
/// before its question.
using metrics_aggregator_actor = sink_actor::extend_with<metrics_source_actor>::extend<
    // What earlier runs counted.
    caf::reacts_to<restored_counts>,
    // Takes back what these batches added: they were counted before the DB writer got them.
    caf::reacts_to<stored_elsewhere>,
    // Hands over to the history and has it tick; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>>;

/// DB WRITER, the secondary sink: lines, frame keys and rollups, in one transaction for many batches; alerts
/// in one of their own.
using db_writer_actor = sink_actor::extend_with<writer_source_actor>::extend_with<alert_sink_actor>::
    extend_with<retention_listener_actor>::extend<
        // Starts the transaction that waits for company; opens the database if it is not open yet.
        caf::reacts_to<caf::flush_atom>>;

/// ARCHIVE: reads from a shared database what other nodes have counted.
using archive_actor = caf::typed_actor<
    // What all nodes but the live ones counted. Errors: ec::store_away, ec::store_unusable.
    caf::replies_to<archive_query>::with<archived_counts>>;

/// RETENTION: has rows removed that are older than the settings want them kept.
using retention_actor = caf::typed_actor<
    // Does the next step, or begins the next pass; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>>;

/// WEBHOOK: posts alerts to a URL, in order, each until it is taken or given up.
using webhook_actor = alert_sink_actor::extend<
    // Tells this judge from now on how it is doing.
    caf::reacts_to<attach_atom, judge_actor>,
    // Posts the alert that waits the longest; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>>;

/// SUPERVISOR: spawns the boxes behind the receiver, wires them, and replaces those that fail. Questions go
/// through it, since it knows which boxes live.
using supervisor_actor = metrics_source_actor::extend_with<writer_source_actor>::
    extend_with<cluster_judge_actor>::extend_with<retention_listener_actor>::extend<
        // Stops the boxes in the order of the flow; answers true when they were told.
        caf::replies_to<stop_atom>::with<bool>>;

/// What the HTTP side talks to, by what each does for it.
struct pipeline_handles {
  /// Takes frames in.
  entry_actor entry;
  /// Knows what was counted.
  metrics_source_actor metrics;
  /// Knows the alerts.
  alert_source_actor judge;
  /// Knows how storing is going.
  writer_source_actor writer;
};

} // namespace parseflow
