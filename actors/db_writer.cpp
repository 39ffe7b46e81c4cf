// Collects batches, writes them, and deals with what the store answers.
#include "actors/db_writer.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "messages/service_log.hpp"
#include "messages/system_time.hpp"

namespace parseflow {

namespace {

// The receiver may be busy with its disk for a while.
constexpr std::chrono::seconds receiver_timeout{60};
// Alerts that were resolved within this span are still shown.
constexpr std::chrono::hours recent_alerts{1};

std::uint64_t lines_of(const batch& b) {
  return b.records.framing.lines;
}

} // namespace

db_writer::db_writer(caf::actor_config& config, std::unique_ptr<db::store> store, storage_settings storage,
                     receiver_settings memory, std::chrono::hours id_age, receiver_actor receiver,
                     metrics_aggregator_actor aggregator, db::node_filter restored)
    : super(config), store_(std::move(store)), storage_(std::move(storage)), memory_(memory), id_age_(id_age),
      receiver_(std::move(receiver)), aggregator_(std::move(aggregator)), restored_(std::move(restored)) {
  status_.kind = store_->kind();
}

db_writer::behavior_type db_writer::make_behavior() {
  flush_after(std::chrono::milliseconds{0});
  return {
      [this](const batch_ptr& next) { take(next); },
      [this](caf::flush_atom) {
        flush_is_due_ = false;
        work();
      },
      [this](status_atom) {
        status_.lag_lines = pending_lines_;
        return status_;
      },
      [this](alert next) { take(std::move(next)); },
  };
}

void db_writer::on_exit() {
  store_.reset();
  receiver_ = nullptr;
  aggregator_ = nullptr;
}

void db_writer::take(const batch_ptr& next) {
  pending_.push_back(next);
  pending_lines_ += lines_of(*next);
  if (pause_.count() > 0)
    return; // the next attempt is scheduled already
  // A full transaction does not wait; behind a short wait everything that is queued by then shares one
  // commit.
  if (pending_lines_ >= storage_.batch_lines && is_reconciled_)
    work();
  else
    flush_after(storage_.batch_interval);
}

void db_writer::take(alert next) {
  if (pending_alerts_.size() == max_pending_alerts) {
    log(log_level::error, name(), "an alert is not stored: too many wait for the database",
        {{"alert", pending_alerts_.front().type}, {"app", pending_alerts_.front().app}});
    pending_alerts_.erase(pending_alerts_.begin());
  }
  pending_alerts_.push_back(std::move(next));
  if (pause_.count() == 0)
    flush_after(std::chrono::milliseconds{0});
}

void db_writer::flush_after(std::chrono::milliseconds wait) {
  if (flush_is_due_)
    return;
  flush_is_due_ = true;
  if (wait.count() == 0)
    send(this, caf::flush_atom_v);
  else
    delayed_send(this, wait, caf::flush_atom_v);
}

void db_writer::work() {
  if (!ensure_open())
    return;
  if (is_reconciled_) {
    if (!pending_.empty())
      write_pending();
    if (pending_.empty() && !pending_alerts_.empty())
      write_alerts();
  } else if (!is_reconciling_) {
    is_reconciling_ = true;
    unstored_.clear();
    ask_for_unstored();
  }
}

void db_writer::ask_for_unstored() {
  request(receiver_, receiver_timeout, unstored_atom_v, std::uint64_t{unstored_.size()})
      .then(
          [this](unstored_frames& part) {
            std::move(part.keys.begin(), part.keys.end(), std::back_inserter(unstored_));
            if (part.is_last)
              reconcile(std::exchange(unstored_, {}));
            else
              ask_for_unstored();
          },
          [this](const caf::error&) {
            quit(make_error(ec::box_hangs, "the receiver does not tell which frames are not stored"));
          });
}

bool db_writer::ensure_open() {
  const auto opened = store_->open();
  if (opened.code == db::outcome::rejected) {
    quit(make_error(ec::store_unusable, opened.message));
    return false;
  }
  if (opened.code != db::outcome::done) {
    pause(opened);
    return false;
  }
  if (!status_.connected)
    log(log_level::info, name(), "database connected", {{"kind", status_.kind}});
  status_.connected = true;
  status_.last_error.clear();
  return true;
}

void db_writer::reconcile(const std::vector<frame_key>& unstored) {
  is_reconciling_ = false;
  if (!reconcile_now(unstored))
    return;
  is_reconciled_ = true;
  pause_ = {};
  status_.last_error.clear();
  tell_aggregator();
  if (!pending_.empty() || !pending_alerts_.empty())
    work();
}

// The aggregator begins with what the database has counted, and the receiver parses again what it has not:
// nothing may be written between the two readings. False: the database failed, and it is tried again.
bool db_writer::reconcile_now(const std::vector<frame_key>& unstored) {
  restored_counts counted{std::make_shared<rollup::app_timelines>()};
  const auto now = system_time();
  const auto loaded = store_->rollups(restored_, [&](const stored_rollup& part) {
    counted.counts->restore(part.app, part.at, part.data, now);
  });
  if (loaded.code == db::outcome::rejected) {
    log(log_level::error, name(), "some minutes of earlier runs are missing in the metrics",
        {{"problem", loaded.message}});
  } else if (loaded.code != db::outcome::done) {
    pause(loaded);
    return false;
  }
  counted.counts->age(minute_of(now));
  std::vector<frame_key> known;
  auto recalled = store_->recent_frames(system_time() - id_age_, memory_.remembered_frames,
                                        [&](frame_key key) { known.push_back(std::move(key)); });
  // They come newest first; the receiver forgets in the order in which it learns.
  std::reverse(known.begin(), known.end());
  if (recalled.code == db::outcome::done)
    recalled = store_->stored_among(unstored, [&](const frame_key& key) { known.push_back(key); });
  if (recalled.code != db::outcome::done) {
    pause(recalled);
    return false;
  }
  restored_alerts earlier;
  const auto raised = store_->alerts(system_time() - recent_alerts,
                                     [&](alert one) { earlier.alerts.push_back(std::move(one)); });
  if (raised.code == db::outcome::rejected) {
    log(log_level::error, name(), "the alerts of earlier runs cannot be read: they are raised again",
        {{"problem", raised.message}});
  } else if (raised.code != db::outcome::done) {
    pause(raised);
    return false;
  }
  log(log_level::info, name(), "reconciled with the database",
      {{"journal_frames", std::to_string(unstored.size())},
       {"remembered_frames", std::to_string(known.size())}});
  send(aggregator_, std::move(counted));
  send(aggregator_, std::move(earlier));
  tell_receiver(std::move(known));
  return true;
}

// In parts, as it was asked.
void db_writer::tell_receiver(std::vector<frame_key> known) {
  auto next = known.begin();
  do {
    const auto end = next + std::min<std::ptrdiff_t>(max_keys, known.end() - next);
    send(receiver_,
         reconciled_frames{{std::move_iterator{next}, std::move_iterator{end}}, end == known.end()});
    next = end;
  } while (next != known.end());
}

void db_writer::write_pending() {
  auto written = store_->write(pending_);
  switch (written.code) {
  case db::outcome::done:
    ++status_.transactions;
    settle(pending_.size(), std::move(written.stored_elsewhere));
    return;
  case db::outcome::retry:
  case db::outcome::in_doubt:
    pause(written);
    return;
  case db::outcome::rejected:
    log(log_level::warn, name(), "the database refuses a batch; looking for the frame that is the cause",
        {{"problem", written.message}});
    write_one_by_one();
    return;
  }
}

void db_writer::write_one_by_one() {
  while (!pending_.empty()) {
    const auto& next = pending_.front();
    auto written = store_->write(std::span{&next, 1});
    if (written.code == db::outcome::rejected) {
      log(log_level::error, name(),
          "the database refuses a frame; its bytes are kept in the table rejected_frame",
          {{"drain", next->origin->key.drain},
           {"frame_id", next->origin->key.id},
           {"problem", written.message}});
      const std::string reason = std::move(written.message);
      written = {store_->set_aside(*next->origin, reason), {}};
      if (written.code == db::outcome::done)
        ++status_.rejected_frames;
    }
    if (written.code != db::outcome::done) {
      pause(written);
      return;
    }
    ++status_.transactions;
    settle(1, std::move(written.stored_elsewhere));
  }
}

// Alerts never hold up lines: they come after them, and what the database refuses is given up.
void db_writer::write_alerts() {
  const auto written = store_->write_alerts(pending_alerts_);
  if (written.code == db::outcome::retry || written.code == db::outcome::in_doubt)
    return pause(written);
  if (written.code == db::outcome::rejected)
    log(log_level::error, name(), "the database refuses alerts; they are not stored",
        {{"alerts", std::to_string(pending_alerts_.size())}, {"problem", written.message}});
  pending_alerts_.clear();
  pause_ = {};
  status_.last_error.clear();
  tell_aggregator();
}

// The first `count` pending batches are durable, some of them thanks to another node.
void db_writer::settle(std::size_t count, std::vector<batch_ptr> elsewhere) {
  committed_frames durable;
  durable.sequences.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    durable.sequences.push_back(pending_[i]->sequence);
    pending_lines_ -= lines_of(*pending_[i]);
    status_.stored_lines += lines_of(*pending_[i]);
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
  pause_ = {};
  status_.last_error.clear();
  send(receiver_, std::move(durable));
  if (!elsewhere.empty())
    send(aggregator_, stored_elsewhere{std::move(elsewhere)});
  tell_aggregator();
}

void db_writer::tell_aggregator() {
  status_.lag_lines = pending_lines_;
  send(aggregator_, status_);
}

void db_writer::pause(const db::result& problem) {
  if (pause_.count() == 0)
    log(log_level::warn, name(), "the database does not take lines; they wait and it is tried again",
        {{"kind", status_.kind}, {"problem", problem.message}});
  status_.connected = false;
  status_.last_error = problem.message;
  pause_ = std::clamp(pause_ * 2, first_pause, longest_pause);
  tell_aggregator();
  flush_after(pause_);
}

} // namespace parseflow
