// CAF's type ids for what messages between boxes are made of, and the atoms. Types that never leave the
// process need no inspector: CAF calls them unsafe.
#pragma once

#include <caf/all.hpp>

#include "messages/alert.hpp"
#include "messages/alert_messages.hpp"
#include "messages/alerts/announcer.hpp"
#include "messages/answers.hpp"
#include "messages/batch.hpp"
#include "messages/counts.hpp"
#include "messages/frame_lists.hpp"
#include "messages/parse_job.hpp"
#include "messages/questions.hpp"
#include "messages/registry_messages.hpp"
#include "messages/rollup/limits.hpp"
#include "messages/settings/settings.hpp"
#include "messages/status.hpp"
#include "messages/streams.hpp"
#include "messages/submission.hpp"
#include "messages/tail.hpp"
#include "messages/watch.hpp"

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::submissions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::verdicts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::stream_parts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::stream_reports)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::tail_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::frame_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::parse_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::delivery)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::batch_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::snapshot_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::totals_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::series_sums_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::fresh_counts_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::restored_counts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::stored_elsewhere)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::receiver_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::forwarding_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::tail_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::writer_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::retention_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::webhook_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::alerts::audience)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::alert_report_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::watched_counts_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::cluster_counts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::alert_rules)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::retention_settings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::rollup::limits)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::archive_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::archived_counts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::registry_news)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::registry_uses)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::drain_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::drain_rotation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::drain_removal)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::drains_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::issued_password)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::registered_drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::drain_reports_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::key_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::key_removal)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::keys_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::key_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::issued_key)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parseflow::registered_key)

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
CAF_ADD_TYPE_ID(parseflow, (parseflow::alert))
CAF_ADD_TYPE_ID(parseflow, (parseflow::restored_alerts))
CAF_ADD_TYPE_ID(parseflow, (parseflow::posted_alert))
CAF_ADD_ATOM(parseflow, parseflow, join_pool_atom, "join_pool")
CAF_ADD_ATOM(parseflow, parseflow, add_sink_atom, "add_sink")
CAF_ADD_ATOM(parseflow, parseflow, subscribe_atom, "subscribe")
CAF_ADD_ATOM(parseflow, parseflow, status_atom, "status")
CAF_ADD_ATOM(parseflow, parseflow, settle_atom, "settle")
CAF_ADD_ATOM(parseflow, parseflow, stop_atom, "stop")
CAF_ADD_ATOM(parseflow, parseflow, unstored_atom, "unstored")
CAF_ADD_ATOM(parseflow, parseflow, kept_atom, "kept")
CAF_ADD_ATOM(parseflow, parseflow, reset_atom, "reset")
CAF_ADD_ATOM(parseflow, parseflow, dispatch_atom, "dispatch")
CAF_ADD_ATOM(parseflow, parseflow, look_atom, "look")
CAF_ADD_ATOM(parseflow, parseflow, sign_out_atom, "sign_out")
CAF_END_TYPE_ID_BLOCK(parseflow)
