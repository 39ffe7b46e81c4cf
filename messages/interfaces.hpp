// The pipeline on two screens: the typed handle of every box, the atoms, and the type ids. Read this first.
#pragma once

#include <caf/all.hpp>

#include "messages/alert_report.hpp"
#include "messages/alerts/announcer.hpp"
#include "messages/answer.hpp"
#include "messages/batch.hpp"
#include "messages/error.hpp"
#include "messages/hand_note.hpp"
#include "messages/query.hpp"
#include "messages/rollup/app_timelines.hpp"
#include "messages/watch.hpp"

namespace parseflow {

/// One frame to parse.
struct parse_job {
  std::uint64_t sequence = 0;
  frame_ptr content;
  frame_digest digest;
  route way = route::everywhere;
  /// Parsing this frame killed parsers or the process before: keep its bytes as one malformed line instead.
  bool keep_raw = false;
};

/// RECEIVER → parser: frames to parse, in this order. A message for each would cost more than the parsing of
/// one line.
struct parse_group {
  std::vector<parse_job> jobs;
  /// Where the parser notes which frame it has in hand; null: nowhere.
  std::shared_ptr<hand_note> in_hand;
};

/// Parser → RECEIVER: the batches of a group are with the router.
struct parse_receipt {
  /// Of the batches that go to the metrics.
  std::uint64_t lines = 0;
  /// Memory that each batch takes beside its body, in the order of the group.
  std::vector<std::uint64_t> record_bytes;
};

template <class Inspector>
auto inspect(Inspector& f, parse_receipt& x) {
  return f(x.lines, x.record_bytes);
}

/// Keys in one message. Lists of frames go in parts: millions at once would keep a box from all else.
inline constexpr std::size_t max_keys = 10'000;

/// RECEIVER → DB WRITER: a part of the frames of which the journal does not know whether the database has
/// them.
struct unstored_frames {
  /// At most `max_keys`.
  std::vector<frame_key> keys;
  bool is_last = true;
};

template <class Inspector>
auto inspect(Inspector& f, unstored_frames& x) {
  return f(x.keys, x.is_last);
}

/// DB WRITER → RECEIVER: a part of the unstored frames that the database has.
struct reconciled_frames {
  /// At most `max_keys`.
  std::vector<frame_key> keys;
  /// That was all: the unstored frames that were not named are not in the database.
  bool is_last = true;
};

template <class Inspector>
auto inspect(Inspector& f, reconciled_frames& x) {
  return f(x.keys, x.is_last);
}

/// RECEIVER → DB WRITER: a part of the frames that were stored of late and that the journal still keeps.
struct kept_frames {
  /// At most `max_keys`.
  std::vector<frame_key> keys;
  bool is_last = true;
};

template <class Inspector>
auto inspect(Inspector& f, kept_frames& x) {
  return f(x.keys, x.is_last);
}

/// DB WRITER → RECEIVER: the database had these frames and has them no more: a standby that lagged took over,
/// or it was set back.
struct missing_frames {
  std::vector<frame_key> keys;
};

template <class Inspector>
auto inspect(Inspector& f, missing_frames& x) {
  return f(x.keys);
}

/// METRICS AGGREGATOR → METRICS HISTORY: what the batches since the last one have counted. Immutable.
struct fresh_counts {
  struct app_counts {
    /// When the app's last line came in.
    timestamp heard{};
    std::map<minute, rollup::minute_rollup> minutes;
  };
  std::map<std::string, app_counts, std::less<>> apps;
  /// Of batches; stored or not.
  std::uint64_t lines = 0;
};

using fresh_counts_ptr = std::shared_ptr<const fresh_counts>;

/// DB WRITER → METRICS AGGREGATOR: what earlier runs counted. Who gets the message may change it: the sender
/// keeps nothing of it.
struct restored_counts {
  std::shared_ptr<rollup::app_timelines> counts;
};

/// DB WRITER → METRICS AGGREGATOR: batches whose frames were stored and counted before, by another node or as
/// earlier frames of the same keys, and that this node has counted too.
struct stored_elsewhere {
  std::vector<batch_ptr> batches;
};

/// DB WRITER → JUDGE: the alerts of earlier runs. Open ones, and those that were resolved of late. The
/// aggregator has the `restored_counts` by then.
struct restored_alerts {
  std::vector<alert> alerts;
};

template <class Inspector>
auto inspect(Inspector& f, restored_alerts& x) {
  return f(x.alerts);
}

/// → ARCHIVE: what did the nodes count that are not live?
struct archive_query {
  /// Nodes that answer for themselves.
  std::vector<std::string> live;
};

/// What one node counted, as far as the database has it; likewise handed over.
struct node_counts {
  std::string node;
  std::shared_ptr<rollup::app_timelines> counts;
};

/// ARCHIVE →: what was asked for, sorted by node; a node of which the database has nothing is not there.
struct archived_counts {
  std::vector<node_counts> nodes;
};

/// DB WRITER → RECEIVER: the database has these frames.
struct committed_frames {
  std::vector<std::uint64_t> sequences;
};

template <class Inspector>
auto inspect(Inspector& f, committed_frames& x) {
  return f(x.sequences);
}

/// RETENTION → SUPERVISOR: how it is doing.
struct retention_status {
  /// Why no old rows are removed, for people; empty while they are.
  std::string waits;
};

template <class Inspector>
auto inspect(Inspector& f, retention_status& x) {
  return f(x.waits);
}

} // namespace parseflow

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::submission)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::frame_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::parse_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::route)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::batch_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::snapshot_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::totals_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::series_sums_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::fresh_counts_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::restored_counts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::stored_elsewhere)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::alerts::audience)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::alert_report_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::watched_counts_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::cluster_counts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::archive_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::archived_counts)

CAF_BEGIN_TYPE_ID_BLOCK(parseflow, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(parseflow, (parseflow::verdict))
CAF_ADD_TYPE_ID(parseflow, (parseflow::parse_receipt))
CAF_ADD_TYPE_ID(parseflow, (parseflow::unstored_frames))
CAF_ADD_TYPE_ID(parseflow, (parseflow::reconciled_frames))
CAF_ADD_TYPE_ID(parseflow, (parseflow::kept_frames))
CAF_ADD_TYPE_ID(parseflow, (parseflow::missing_frames))
CAF_ADD_TYPE_ID(parseflow, (parseflow::committed_frames))
CAF_ADD_TYPE_ID(parseflow, (parseflow::metrics_query))
CAF_ADD_TYPE_ID(parseflow, (parseflow::totals_query))
CAF_ADD_TYPE_ID(parseflow, (parseflow::series_query))
CAF_ADD_TYPE_ID(parseflow, (parseflow::watch_query))
CAF_ADD_TYPE_ID(parseflow, (parseflow::alerts_query))
CAF_ADD_TYPE_ID(parseflow, (parseflow::receiver_status))
CAF_ADD_TYPE_ID(parseflow, (parseflow::writer_status))
CAF_ADD_TYPE_ID(parseflow, (parseflow::retention_status))
CAF_ADD_TYPE_ID(parseflow, (parseflow::alert))
CAF_ADD_TYPE_ID(parseflow, (parseflow::restored_alerts))
CAF_ADD_TYPE_ID(parseflow, (parseflow::webhook_status))
CAF_ADD_TYPE_ID(parseflow, (parseflow::posted_alert))
CAF_ADD_ATOM(parseflow, parseflow, attach_atom, "attach")
CAF_ADD_ATOM(parseflow, parseflow, status_atom, "status")
CAF_ADD_ATOM(parseflow, parseflow, drain_atom, "drain")
CAF_ADD_ATOM(parseflow, parseflow, stop_atom, "stop")
CAF_ADD_ATOM(parseflow, parseflow, unstored_atom, "unstored")
CAF_ADD_ATOM(parseflow, parseflow, kept_atom, "kept")
CAF_ADD_ATOM(parseflow, parseflow, reset_atom, "reset")
CAF_ADD_ATOM(parseflow, parseflow, dispatch_atom, "dispatch")
CAF_END_TYPE_ID_BLOCK(parseflow)

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

/// An `ec` as CAF carries it; renders as its name and the sentence.
caf::error make_error(ec code, std::string sentence = {});

} // namespace parseflow
