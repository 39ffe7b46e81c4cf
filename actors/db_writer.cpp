// Collects batches, writes them, and handles each outcome of a write. The reading is in db_writer_recall.cpp.
#include "actors/db_writer.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "messages/service_log.hpp"
#include "messages/system_time.hpp"

namespace parseflow::actors {

namespace {

std::uint64_t lines_of(const batch& b) {
  return b.records.framing.lines;
}

} // namespace

db_writer::db_writer(self_pointer self, std::unique_ptr<db::store> store, db_writer_settings settings,
                     receiver_actor receiver, metrics_aggregator_actor aggregator, judge_actor judge,
                     db::node_filter restored)
    : box_state(self), store_(std::move(store)), settings_(settings), receiver_(std::move(receiver)),
      aggregator_(std::move(aggregator)), judge_(std::move(judge)), restored_(std::move(restored)) {
  status_.kind = store_->kind();
  status_.transaction_lines = size_.lines();
}

db_writer::behavior_type db_writer::make_behavior() {
  report_status();
  flush_after(std::chrono::milliseconds{0});
  return {
      [this](const batch_group& next) { take(next); },
      [this](caf::flush_atom) {
        flush_is_due_ = false;
        work();
      },
      [this](alert next) { take(std::move(next)); },
      [this](const retention_status& status) {
        status_.retention_waits = status.waits;
        report_status();
      },
  };
}

void db_writer::take(const batch_group& next) {
  const bool had_none = pending_.empty();
  for (const auto& one : next.all) {
    pending_.push_back(one);
    pending_lines_ += lines_of(*one);
  }
  // The start of the transaction reports the lag. So it is reported here only if that may take long, or if
  // there was none.
  if (had_none || backoff_.count() > 0 || !is_reconciled_)
    report_status();
  if (backoff_.count() > 0)
    return; // the next attempt is scheduled already
  // A full transaction is written at once. Otherwise a short wait lets all batches that come meanwhile share
  // one commit.
  if (pending_lines_ >= settings_.batch_lines && is_reconciled_)
    work();
  else
    flush_after(settings_.batch_interval);
}

void db_writer::take(alert next) {
  if (pending_alerts_.size() == max_pending_alerts) {
    log(log_level::error, box_name,
        "the alert that waited the longest is not stored: too many wait for the database",
        {{"alert", pending_alerts_.front().type}, {"app", pending_alerts_.front().app}});
    pending_alerts_.erase(pending_alerts_.begin());
  }
  pending_alerts_.push_back(std::move(next));
  if (backoff_.count() == 0)
    flush_after(std::chrono::milliseconds{0});
}

void db_writer::flush_after(std::chrono::milliseconds wait) {
  if (flush_is_due_)
    return;
  flush_is_due_ = true;
  if (wait.count() == 0)
    self_->send(self_, caf::flush_atom_v);
  else
    self_->delayed_send(self_, wait, caf::flush_atom_v);
}

void db_writer::work() {
  if (is_asking_ || !ensure_open())
    return;
  if (!is_reconciled_)
    return ask_for_unstored();
  if (is_set_back_)
    return ask_for_kept(0);
  if (backoff_.count() > 0 && pending_.empty() && pending_alerts_.empty()) {
    recover(); // there is nothing to try it with
    report_status();
  }
  if (!pending_.empty())
    write_pending();
  if (pending_.empty() && !pending_alerts_.empty())
    write_alerts();
}

bool db_writer::ensure_open() {
  const auto opened = store_->open();
  if (opened.code == db::outcome::rejected) {
    self_->quit(make_error(ec::store_unusable, opened.message));
    return false;
  }
  if (opened.code != db::outcome::done) {
    back_off(opened);
    return false;
  }
  if (!status_.is_connected && !find_last_stored())
    return false;
  // After a failure an open database proves nothing: it may still take no lines.
  if (!status_.is_connected && backoff_.count() == 0) {
    note_connected();
    report_status();
  }
  return true;
}

void db_writer::write_pending() {
  const auto begin = self_->clock().now();
  const auto count = size_.of(pending_);
  report_status(system_time());
  auto written = store_->write(std::span{pending_}.first(count));
  switch (written.code) {
  case db::outcome::done:
    size_.succeeded(self_->clock().now() - begin);
    ++status_.transactions;
    refusals_in_row_ = 0;
    settle(count, std::move(written));
    break;
  case db::outcome::in_doubt:
    doubt(count);
    [[fallthrough]];
  case db::outcome::retry:
    size_.failed();
    return back_off(written);
  case db::outcome::rejected:
    if (count == 1)
      return refuse(written.message);
    size_.refused(count);
    log(log_level::warn, box_name,
        "the database refuses a transaction; the writer searches for the frame that is the cause",
        {{"batches", std::to_string(count)}, {"problem", written.message}});
    report_status();
    break;
  }
  if (!pending_.empty())
    flush_after(std::chrono::milliseconds{0});
}

// The first pending frame was refused although it went alone.
void db_writer::refuse(const std::string& reason) {
  const auto& origin = *pending_.front()->origin;
  if (refusals_in_row_ == max_refusals_in_row) {
    if (!status_.stopped)
      log(log_level::error, box_name,
          "the database refuses every frame: nothing is stored, and frames wait in the journal; repair what the "
          "problem names",
          {{"refused_in_row", std::to_string(refusals_in_row_)}, {"problem", reason}});
    status_.stopped =
        problem{fmt::format("the database has refused {} frames in a row, for the last time because: {}",
                            max_refusals_in_row, reason)};
    // The next try is with another frame: perhaps only the frames tried so far are at fault.
    std::rotate(pending_.begin(), pending_.begin() + 1, pending_.end());
    return back_off({db::outcome::rejected, reason}, refusal_backoff);
  }
  if (const auto kept = store_->set_aside(origin, reason); kept.code != db::outcome::done)
    return back_off(kept);
  log(log_level::error, box_name,
      "the database refuses a frame; its bytes are kept in the table rejected_frame",
      {{"drain", origin.key.drain}, {"frame_id", origin.key.id}, {"problem", reason}});
  ++status_.rejected_frames;
  ++refusals_in_row_;
  settle(1, {});
  if (!pending_.empty())
    flush_after(std::chrono::milliseconds{0});
}

// Alerts never hold up lines: they are written after them, and alerts that the database refuses are dropped.
void db_writer::write_alerts() {
  report_status(system_time());
  const auto written = store_->write_alerts(pending_alerts_);
  if (written.code == db::outcome::retry || written.code == db::outcome::in_doubt)
    return back_off(written);
  if (written.code == db::outcome::rejected)
    log(log_level::error, box_name, "the database refuses alerts; they are not stored",
        {{"alerts", std::to_string(pending_alerts_.size())}, {"problem", written.message}});
  pending_alerts_.clear();
  recover();
  report_status();
}

// The first `count` pending batches are durable; `written` lists those that were stored before.
void db_writer::settle(std::size_t count, db::write_result written) {
  committed_frames durable;
  durable.sequences.reserve(count);
  stored_elsewhere twice{std::move(written.stored_elsewhere)};
  for (auto& again : written.stored_here) {
    if (tried_.contains(digest_of(again->origin->key)))
      continue; // stored by an earlier try with the same frame
    ++status_.duplicates;
    twice.batches.push_back(std::move(again));
  }
  for (std::size_t i = 0; i < count; ++i) {
    durable.sequences.push_back(pending_[i]->sequence);
    pending_lines_ -= lines_of(*pending_[i]);
    status_.stored_lines += lines_of(*pending_[i]);
    if (!tried_.empty())
      tried_.erase(digest_of(pending_[i]->origin->key));
  }
  if (refusals_in_row_ == 0)
    last_stored_ = pending_[count - 1]->origin->key;
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
  recover();
  watch_log();
  report_status(); // first: when the receiver shows no backlog, the judge must not show one either
  self_->send(receiver_, std::move(durable));
  if (!twice.batches.empty())
    self_->send(aggregator_, std::move(twice));
}

// The first `count` pending batches may be stored.
void db_writer::doubt(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    tried_.insert(digest_of(pending_[i]->origin->key));
}

// A large log does not stop the writer, but it takes disk and makes readers slow.
void db_writer::watch_log() {
  status_.log_bytes = store_->log_bytes();
  const bool is_large = status_.log_bytes > large_log_bytes;
  if (is_large && !has_large_log_)
    log(log_level::warn, box_name,
        "the database's write-ahead log grows: a reader's long transaction keeps it from being emptied; end "
        "that transaction",
        {{"kind", status_.kind}, {"bytes", std::to_string(status_.log_bytes)}});
  if (!is_large && has_large_log_)
    log(log_level::info, box_name, "the database's write-ahead log is emptied again",
        {{"kind", status_.kind}});
  has_large_log_ = is_large;
}

// A box that is inside a transaction answers nothing. So it reports before one, and says since when it is
// busy.
void db_writer::report_status(timestamp busy_since) {
  status_.busy_since = busy_since;
  status_.lag_lines = pending_lines_;
  status_.transaction_lines = size_.lines();
  self_->send(judge_, status_);
}

void db_writer::back_off(const db::result& failed, std::chrono::milliseconds at_least) {
  if (backoff_.count() == 0)
    log(log_level::warn, box_name, "the database takes no lines; they wait, and the writer tries again",
        {{"kind", status_.kind},
         {"problem", failed.message},
         {"transaction_lines", std::to_string(size_.lines())}});
  status_.is_connected = false;
  status_.last_error = problem{failed.message};
  backoff_ = std::clamp(backoff_ * 2, at_least, std::max(at_least, longest_backoff));
  report_status();
  flush_after(backoff_);
}

// The database works again.
void db_writer::recover() {
  if (status_.stopped && refusals_in_row_ == 0) {
    log(log_level::info, box_name, "the database takes frames again");
    status_.stopped.reset();
  }
  backoff_ = {};
  status_.last_error.reset();
  note_connected();
}

void db_writer::note_connected() {
  if (!status_.is_connected)
    log(log_level::info, box_name, "database connected", {{"kind", status_.kind}});
  status_.is_connected = true;
}

} // namespace parseflow::actors
