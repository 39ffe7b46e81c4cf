// The pipeline: the typed handle of every box, and what each message asks for or reports. Read this first.
// The messages are in the headers beside this one; the boxes of a cluster are in cluster/interfaces.hpp.
#pragma once

#include <caf/all.hpp>

#include "messages/error.hpp"
#include "messages/type_ids.hpp"

namespace parseflow {

/// PARSER: turns a frame into a batch, partial rollup included. Several run side by side.
using parser_actor = caf::typed_actor<
    // Parses the frames, hands their batches to the router, then answers. Fails only if the parser crashes:
    // then the router has no batch of the group.
    caf::replies_to<parse_group>::with<parse_receipt>,
    // Counts within these bounds from now on.
    caf::reacts_to<rollup::limits>>;

/// RECEIVER: takes each frame in once, makes them durable, answers the waiting requests, and keeps the frames
/// until the database has them.
using receiver_actor = caf::typed_actor<
    // Takes frames in; the `answer` of each gets the verdict within `receiver_settings::hold`.
    caf::reacts_to<submissions>,
    // The same for a frame from another node.
    caf::replies_to<frame_ptr>::with<verdict>,
    // Commits the frames appended to the journal since the last commit; the receiver sends it to itself.
    caf::reacts_to<caf::flush_atom>,
    // The next part of the frames of earlier runs, or from before a reset. The number says how many were
    // listed already; 0 begins.
    caf::replies_to<unstored_atom, std::uint64_t>::with<unstored_frames>,
    // Which of the unstored frames the database has, in parts, after all of them were asked for. After the
    // last part the frames of earlier runs are parsed.
    caf::reacts_to<reconciled_frames>,
    // The next part of the frames that were stored within `journal.keep-stored`; the number as above. Asked
    // for when the database turns out to be another server, or set back to an older state.
    caf::replies_to<kept_atom, std::uint64_t>::with<kept_frames>,
    // The frames in the last part of `kept_frames` that the database lacks, sent before the next part is
    // asked for. They are stored again, and not counted again.
    caf::reacts_to<missing_frames>,
    // Frames that the database has now.
    caf::reacts_to<committed_frames>,
    // Gives the parsers as many frames as there is room for; the receiver sends it to itself.
    caf::reacts_to<dispatch_atom>,
    // Puts a parser into the numbered place of the pool; it is given what its predecessor was working on.
    caf::reacts_to<join_pool_atom, std::uint32_t, parser_actor>,
    // The boxes downstream were replaced and have lost their state: frames that are not stored are parsed
    // again, after `reconciled_frames`.
    caf::reacts_to<reset_atom>,
    // Counters and budgets.
    caf::replies_to<status_atom>::with<receiver_status>,
    // Takes in nothing more; answers true when the database has every frame.
    caf::replies_to<settle_atom>::with<bool>,
    // Answers requests whose time is up; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>>;

/// RECEIVER SOURCE: reports how the receiver is doing.
using receiver_source_actor = caf::typed_actor<
    // Same as RECEIVER's.
    caf::replies_to<status_atom>::with<receiver_status>>;

/// FORWARDING SOURCE: reports how many frames go to other nodes.
using forwarding_source_actor = caf::typed_actor<
    // Counters, and what is under way.
    caf::replies_to<status_atom>::with<forwarding_status>>;

/// ENTRY: takes the frames of requests. The receiver, or in a cluster the forwarder in front of it.
using entry_actor = caf::typed_actor<
    // Takes frames in; the `answer` of each gets the verdict within `receiver_settings::hold`.
    caf::reacts_to<submissions>>;

/// SINK: a box that consumes batches.
using sink_actor = caf::typed_actor<
    // Takes batches. Their bytes count against the receiver's budget until they are stored.
    caf::reacts_to<batch_group>>;

/// ROUTER: hands each batch to the sinks that it is for.
using router_actor = caf::typed_actor<
    // Adds a sink for the batches of this delivery and for those that go to all sinks. It gets the batches
    // that arrive after this message.
    caf::reacts_to<add_sink_atom, delivery, sink_actor>,
    // Fans batches out.
    caf::reacts_to<batch_group>>;

/// METRICS SOURCE: answers questions about what was counted.
using metrics_source_actor = caf::typed_actor<
    // The sum over a window. Never an error: an unknown app has counted nothing.
    caf::replies_to<metrics_query>::with<snapshot_ptr>,
    // Everything ever counted, by app. Never an error.
    caf::replies_to<totals_query>::with<totals_ptr>,
    // One sum per step. Errors: ec::unknown_metric.
    caf::replies_to<series_query>::with<series_sums_ptr>,
    // The sums that alert rules look at, for every app. Never an error.
    caf::replies_to<watch_query>::with<watched_counts_ptr>>;

/// TAIL SOURCE: lets readers follow the lines as they come.
using tail_source_actor = caf::typed_actor<
    // Begins the stream with the lines in memory that the reader wants, and goes on with those that come.
    caf::reacts_to<tail_wish>,
    // How many follow, and what they got.
    caf::replies_to<status_atom>::with<tail_status>>;

/// TAIL HUB, the third sink: keeps the last lines in memory, and sends readers the lines that they want.
using tail_hub_actor = sink_actor::extend_with<tail_source_actor>::extend_with<stream_producer_actor>::extend<
    // Does the next step for a reader who looks back; the hub sends it to itself.
    caf::reacts_to<dispatch_atom>,
    // Sends heartbeats; sends itself the next tick while there are readers.
    caf::reacts_to<caf::tick_atom>>;

/// ALERT SINK: is notified of every alert.
using alert_sink_actor = caf::typed_actor<
    // An alert that was raised, and once more when it is resolved.
    caf::reacts_to<alert>>;

/// RETENTION LISTENER: is notified of how retention is doing.
using retention_listener_actor = caf::typed_actor<
    // Sent when that has changed.
    caf::reacts_to<retention_status>>;

/// ALERT SOURCE: answers questions about alerts.
using alert_source_actor = caf::typed_actor<
    // Never an error: an unknown app has no alerts.
    caf::replies_to<alerts_query>::with<alert_report_ptr>>;

/// CLUSTER JUDGE: an alert source that judges rules about apps by what all nodes counted.
using cluster_judge_actor = alert_source_actor::extend<
    // Judges these counts. If this node is the notifier now, it also announces what the previous one did not.
    caf::reacts_to<cluster_counts>>;

/// JUDGE: raises and resolves alerts, and has them stored and announced.
using judge_actor = cluster_judge_actor::extend<
    // The alerts of earlier runs. The judge waits for them before it judges anything, for a minute at most.
    caf::reacts_to<restored_alerts>,
    // Adds a sink for the alerts that are announced to this audience after this message, until the sink ends.
    caf::reacts_to<add_sink_atom, alerts::audience, alert_sink_actor>,
    // How the DB writer is doing; sent before and after each transaction, and when its connection or its
    // warnings change. Alert reports show the last one.
    caf::reacts_to<writer_status>,
    // How the webhook is doing.
    caf::reacts_to<webhook_status>,
    // An alert that the webhook has posted.
    caf::reacts_to<posted_alert>,
    // Judges by these rules from now on. Alerts whose rule is still there stay open.
    caf::reacts_to<alert_rules>,
    // Asks what was counted and judges it; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>>;

/// METRICS HISTORY: keeps the counts over time and answers questions about them.
using metrics_history_actor = metrics_source_actor::extend<
    // Adds what was counted.
    caf::reacts_to<fresh_counts_ptr>,
    // The counts of earlier runs.
    caf::reacts_to<restored_counts>,
    // Subtracts what these batches added.
    caf::reacts_to<stored_elsewhere>,
    // Downsamples old rollups and precomputes sums; answers true when that is done.
    caf::replies_to<caf::tick_atom>::with<bool>>;

/// METRICS AGGREGATOR, the primary sink: merges what batches add, and hands it to the history. An answer
/// covers every batch that came before its question.
using metrics_aggregator_actor = sink_actor::extend_with<metrics_source_actor>::extend<
    // The counts of earlier runs.
    caf::reacts_to<restored_counts>,
    // Subtracts what these batches added; the aggregator has counted them before the DB writer got them.
    caf::reacts_to<stored_elsewhere>,
    // Hands the counts over to the history and has it tick; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>>;

/// DB WRITER, the secondary sink: stores the lines, frame keys and rollups of many batches in one
/// transaction, and alerts in transactions of their own.
using db_writer_actor =
    sink_actor::extend_with<alert_sink_actor>::extend_with<retention_listener_actor>::extend<
        // Starts the transaction for the batches that have been waiting; opens the database if it is not
        // open yet.
        caf::reacts_to<caf::flush_atom>>;

/// ARCHIVE: reads from a shared database what other nodes have counted.
using archive_actor = caf::typed_actor<
    // The counts of all nodes but the live ones. Errors: ec::store_away, ec::store_unusable.
    caf::replies_to<archive_query>::with<archived_counts>>;

/// RETENTION: has rows removed that are older than the settings allow.
using retention_actor = caf::typed_actor<
    // Does the next step, or begins the next pass; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>>;

/// WEBHOOK: posts alerts to a URL, in order, and tries each until it is taken or given up.
using webhook_actor = alert_sink_actor::extend<
    // Reports to this judge from now on how the webhook is doing.
    caf::reacts_to<subscribe_atom, judge_actor>,
    // Posts the alert that has waited the longest; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>>;

/// REGISTRY LISTENER: lets requests in by what the registry holds.
using registry_listener_actor = caf::typed_actor<
    // Sent after each look at the database that found it, and once after `subscribe_atom`.
    caf::reacts_to<registry_news>>;

/// REGISTRAR: knows the registry of drains and keys, and changes it.
using registrar_actor = caf::typed_actor<
    // Sends this listener its news from now on.
    caf::reacts_to<subscribe_atom, registry_listener_actor>,
    // Looks at the database soon: a request has shown credentials that the last news did not have.
    caf::reacts_to<look_atom>,
    // Has these uses stored, sooner or later.
    caf::reacts_to<registry_uses>,
    // Registers a drain. Errors: ec::refused, ec::store_away.
    caf::replies_to<drain_wish>::with<issued_password>,
    // Gives a drain a second password. Errors: as above.
    caf::replies_to<drain_rotation>::with<issued_password>,
    // Removes a drain; answers what it was. Errors: as above.
    caf::replies_to<drain_removal>::with<registered_drain>,
    // All drains. Errors: ec::store_away.
    caf::replies_to<drains_query>::with<drain_reports_ptr>,
    // Makes a key. Errors: ec::refused, ec::store_away.
    caf::replies_to<key_wish>::with<issued_key>,
    // Removes a key; answers what it was. Errors: as above.
    caf::replies_to<key_removal>::with<registered_key>,
    // All keys. Errors: ec::store_away.
    caf::replies_to<keys_query>::with<key_list>,
    // Ends all sessions: from now on they are signed by another key. Errors: ec::store_away.
    caf::replies_to<sign_out_atom>::with<bool>,
    // Stores the uses that wait, in one try; answers true in any case.
    caf::replies_to<stop_atom>::with<bool>,
    // Looks at the database; sends itself the next tick.
    caf::reacts_to<caf::tick_atom>>;

/// SUPERVISOR: spawns and wires the boxes downstream of the receiver, and replaces those that fail. Questions
/// go through it, because it knows which boxes are alive.
using supervisor_actor = metrics_source_actor::extend_with<cluster_judge_actor>::
    extend_with<retention_listener_actor>::extend_with<tail_source_actor>::extend<
        // Has alerts judged by these rules, also by a later judge.
        caf::reacts_to<alert_rules>,
        // Has rows kept for as long as these settings say. The next pass begins at once.
        caf::reacts_to<retention_settings>,
        // Stops the boxes in the order of the flow; answers true at once, before they have stopped.
        caf::replies_to<stop_atom>::with<bool>>;

/// A judge, and the windows that its rules look at: the counts that it is sent must cover these.
struct watching_judge {
  cluster_judge_actor box;
  std::vector<alerts::watched_window> windows;
};

/// The boxes that the HTTP side talks to.
struct pipeline_handles {
  /// Takes frames in.
  entry_actor entry;
  /// Knows how taking them in is going on this node.
  receiver_source_actor receiver;
  /// Knows what was counted.
  metrics_source_actor metrics;
  /// Knows the alerts, and how storing is going.
  alert_source_actor judge;
  /// Knows which frames go to other nodes. Null without a cluster.
  forwarding_source_actor forwarder;
  /// Knows who may post. Null if there is no registry: then the settings alone say so.
  registrar_actor registrar = {};
  /// Has the lines as they come. Null if no box keeps them.
  tail_source_actor tails = {};
};

} // namespace parseflow
