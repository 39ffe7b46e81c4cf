// Collects batches, writes them, and deals with what the store answers.
#include "actors/db_writer.hpp"

#include <algorithm>
#include <span>

#include "messages/service_log.hpp"

namespace parseflow {

namespace {

// Restored state travels in pieces, so that no message holds a month of rollups.
constexpr std::size_t restore_chunk = 10'000;

timestamp wall_clock() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::uint64_t lines_of(const batch& b) {
  return b.records.framing.lines;
}

} // namespace

db_writer::db_writer(caf::actor_config& config, std::unique_ptr<db::store> store, storage_settings storage,
                     receiver_settings memory, receiver_actor receiver, metrics_aggregator_actor aggregator)
    : super(config), store_(std::move(store)), storage_(std::move(storage)), memory_(memory),
      receiver_(std::move(receiver)), aggregator_(std::move(aggregator)) {
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
  if (pending_lines_ >= storage_.batch_lines && restored_)
    work();
  else
    flush_after(storage_.batch_interval);
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
  if (ensure_open() && !pending_.empty())
    write_pending();
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
  return restored_ || restore();
}

// What earlier runs left goes to the aggregator and the receiver before anything new is taken in.
bool db_writer::restore() {
  std::vector<restored_rollups> rollups;
  auto chunk = std::make_shared<std::vector<stored_rollup>>();
  const auto loaded = store_->rollups([&](stored_rollup part) {
    chunk->push_back(std::move(part));
    if (chunk->size() < restore_chunk)
      return;
    rollups.push_back({std::exchange(chunk, std::make_shared<std::vector<stored_rollup>>())});
  });
  if (loaded.code != db::outcome::done) {
    pause(loaded);
    return false;
  }
  rollups.push_back({std::move(chunk)});
  std::vector<frame_key> keys;
  const auto recalled =
      store_->recent_frames(wall_clock() - memory_.remembered_age, memory_.remembered_frames,
                            [&](frame_key key) { keys.push_back(std::move(key)); });
  if (recalled.code != db::outcome::done) {
    pause(recalled);
    return false;
  }
  for (auto& message : rollups)
    send(aggregator_, std::move(message));
  // They come newest first; the receiver forgets in the order of arrival.
  std::reverse(keys.begin(), keys.end());
  log(log_level::info, name(), "earlier state restored", {{"frames", std::to_string(keys.size())}});
  send(receiver_, restored_frames{std::move(keys), true});
  restored_ = true;
  pause_ = {};
  return true;
}

void db_writer::write_pending() {
  const auto written = store_->write(pending_);
  switch (written.code) {
  case db::outcome::done:
    ++status_.transactions;
    settle(pending_.size());
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
      written = store_->set_aside(*next->origin, reason);
      if (written.code == db::outcome::done)
        ++status_.rejected_frames;
    }
    if (written.code != db::outcome::done) {
      pause(written);
      return;
    }
    ++status_.transactions;
    settle(1);
  }
}

// The first `count` pending batches are durable.
void db_writer::settle(std::size_t count) {
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
}

void db_writer::pause(const db::result& problem) {
  if (pause_.count() == 0)
    log(log_level::warn, name(), "the database does not take lines; they wait and it is tried again",
        {{"kind", status_.kind}, {"problem", problem.message}});
  status_.connected = false;
  status_.last_error = problem.message;
  pause_ = std::clamp(pause_ * 2, first_pause, longest_pause);
  flush_after(pause_);
}

} // namespace parseflow
