// Bookkeeping of frames under way.
#include "actors/intake.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace parseflow {

intake::intake(receiver_settings settings) : settings_(settings), stored_(settings.remembered_frames) {}

void intake::recover(const db::journal_recovery& found) {
  for (const auto& id : found.ids)
    stored_.insert(id);
  for (const auto& earlier : found.frames) {
    // A frame whose group failed is written again: the journal may hold it twice.
    if (by_digest_.contains(earlier.digest))
      continue;
    const auto sequence = ++last_sequence_;
    entry e;
    e.key = earlier.head.key;
    e.digest = earlier.digest;
    e.at = earlier.at;
    e.received_at = earlier.head.received_at;
    e.body_bytes = earlier.body_bytes;
    e.now = stage::unreconciled;
    by_digest_.emplace(e.digest, sequence);
    entries_.emplace(sequence, std::move(e));
  }
}

void intake::submit(submission arrival, time now) {
  if (closed_) {
    arrival.answer.give(verdict::stopping);
    return;
  }
  const auto digest = digest_of(arrival.content->key);
  if (stored_.contains(digest)) {
    ++counters_.duplicates;
    arrival.answer.give(verdict::duplicate);
    return;
  }
  if (const auto found = by_digest_.find(digest); found != by_digest_.end()) {
    ++counters_.duplicates;
    auto& first = entries_.at(found->second);
    if (first.now == stage::waiting || first.now == stage::grouped)
      first.waiters.push_back({std::move(arrival.answer), now + settings_.hold});
    else
      arrival.answer.give(verdict::duplicate);
    return;
  }
  const auto sequence = ++last_sequence_;
  entry e;
  e.key = arrival.content->key;
  e.digest = digest;
  e.received_at = arrival.content->received_at;
  e.body_bytes = arrival.content->body.size();
  e.content = std::move(arrival.content);
  e.waiters.push_back({std::move(arrival.answer), now + settings_.hold});
  by_digest_.emplace(digest, sequence);
  entries_.emplace(sequence, std::move(e));
  waiting_.push_back(sequence);
}

bool intake::knows(const frame_key& key) const {
  const auto digest = digest_of(key);
  return stored_.contains(digest) || by_digest_.contains(digest);
}

// How many frames more may go to the journal: there they cost memory too, whatever their size.
std::uint64_t intake::room() const {
  const auto durable = entries_.size() - waiting_.size();
  return settings_.max_unstored_frames - std::min<std::uint64_t>(durable, settings_.max_unstored_frames);
}

std::vector<intake::for_journal> intake::group() {
  std::vector<for_journal> result;
  const auto room_left = room();
  for (const auto sequence : waiting_) {
    if (result.size() >= room_left)
      break;
    result.push_back({sequence, entries_.at(sequence).content});
  }
  return result;
}

void intake::grouped(std::uint64_t sequence, db::journal_position at) {
  auto& e = entries_.at(sequence);
  e.at = at;
  e.now = stage::grouped;
  group_.push_back(sequence);
  std::erase(waiting_, sequence);
}

void intake::group_durable(time now) {
  for (const auto sequence : group_) {
    auto& e = entries_.at(sequence);
    for (const auto& w : e.waiters) {
      w.answer.give(verdict::stored);
      counters_.acknowledgement.add(
          std::chrono::floor<std::chrono::microseconds>(now + settings_.hold - w.deadline));
    }
    e.waiters.clear();
    ++counters_.frames;
    counters_.bytes += e.body_bytes;
    enqueue(sequence, e);
  }
  group_.clear();
}

void intake::group_failed() {
  for (const auto sequence : group_)
    entries_.at(sequence).now = stage::waiting;
  waiting_.insert(waiting_.begin(), group_.begin(), group_.end());
  group_.clear();
}

// Beyond the budget the journal keeps the bytes, not the memory.
void intake::enqueue(std::uint64_t sequence, entry& e) {
  e.now = stage::queued;
  if (e.content && queued_bytes_ + e.body_bytes > settings_.parsing_budget_bytes)
    e.content = nullptr;
  if (e.content)
    queued_bytes_ += e.body_bytes;
  queue_.push_back(sequence);
}

std::vector<frame_key> intake::unreconciled() const {
  std::vector<frame_key> result;
  for (const auto& [sequence, e] : entries_)
    if (e.now == stage::unreconciled)
      result.push_back(e.key);
  return result;
}

std::vector<intake::releasable> intake::reconcile(const std::vector<frame_key>& stored) {
  reconciled_ = true;
  for (const auto& key : stored)
    stored_.insert(digest_of(key));
  std::vector<std::uint64_t> open;
  for (const auto& [sequence, e] : entries_)
    if (e.now == stage::unreconciled)
      open.push_back(sequence);
  std::sort(open.begin(), open.end());
  std::vector<releasable> result;
  for (const auto sequence : open) {
    const auto found = entries_.find(sequence);
    if (stored_.contains(found->second.digest)) {
      if (auto bytes = finish(found))
        result.push_back(*bytes);
    } else {
      enqueue(sequence, found->second);
    }
  }
  return result;
}

std::vector<intake::for_parser> intake::dispatch() {
  std::vector<for_parser> result;
  const auto has_room = [](std::uint64_t used, std::uint64_t more, std::uint64_t budget) {
    // One frame always has room: a budget below its size must not stop everything.
    return used == 0 || used + more <= budget;
  };
  const auto fits = [&](std::uint64_t bytes) {
    return has_room(parsing_bytes_, bytes, settings_.parsing_budget_bytes);
  };
  const auto fits_database = [&](std::uint64_t bytes) {
    return has_room(storing_bytes_, bytes, settings_.unstored_budget_bytes);
  };
  const auto start = [&](std::uint64_t sequence, entry& e, route way) {
    e.now = stage::parsing;
    e.way = way;
    parsing_bytes_ += e.body_bytes;
    if (way != route::metrics_only)
      storing_bytes_ += e.body_bytes;
    result.push_back({sequence, e.content, e.at, way});
  };
  while (!queue_.empty()) {
    auto& e = entries_.at(queue_.front());
    if (!fits(e.body_bytes))
      break;
    if (e.content)
      queued_bytes_ -= e.body_bytes;
    // The database gets frames in their order: what is deferred comes first.
    start(queue_.front(), e,
          deferred_.empty() && fits_database(e.body_bytes) ? route::everywhere : route::metrics_only);
    queue_.pop_front();
  }
  while (!deferred_.empty()) {
    auto& e = entries_.at(deferred_.front());
    if (!fits(e.body_bytes) || !fits_database(e.body_bytes))
      break;
    start(deferred_.front(), e, route::database_only);
    deferred_.pop_front();
  }
  return result;
}

void intake::parsed(std::uint64_t sequence, std::uint64_t record_bytes) {
  const auto found = entries_.find(sequence);
  if (found == entries_.end() || found->second.now != stage::parsing)
    return;
  auto& e = found->second;
  parsing_bytes_ -= e.body_bytes;
  // From here on the batch holds the bytes, or the journal alone.
  e.content = nullptr;
  if (e.way == route::metrics_only) {
    e.now = stage::deferred;
    deferred_.push_back(sequence);
  } else {
    e.now = stage::storing;
    e.record_bytes = record_bytes;
    storing_bytes_ += record_bytes;
  }
}

std::optional<intake::releasable> intake::stored(std::uint64_t sequence) {
  const auto found = entries_.find(sequence);
  if (found == entries_.end())
    return std::nullopt;
  auto& e = found->second;
  parsed(sequence, 0); // the commit can overtake the parser's receipt
  if (e.now != stage::storing)
    return std::nullopt;
  storing_bytes_ -= e.body_bytes + e.record_bytes;
  return finish(found);
}

std::optional<intake::releasable> intake::lost(std::uint64_t sequence) {
  const auto found = entries_.find(sequence);
  if (found == entries_.end() || found->second.now != stage::parsing)
    return std::nullopt;
  ++counters_.lost_frames;
  parsing_bytes_ -= found->second.body_bytes;
  if (found->second.way != route::metrics_only)
    storing_bytes_ -= found->second.body_bytes;
  return finish(found);
}

// The frame is done with: only its id stays.
std::optional<intake::releasable> intake::finish(entries::iterator done) {
  const auto& e = done->second;
  const releasable bytes{e.at, e.digest, e.body_bytes};
  stored_.insert(e.digest);
  by_digest_.erase(e.digest);
  entries_.erase(done);
  pass_gone();
  return bytes;
}

void intake::pass_gone() {
  while (oldest_ <= last_sequence_ && !entries_.contains(oldest_))
    ++oldest_;
}

void intake::reset() {
  reconciled_ = false;
  queue_.clear();
  deferred_.clear();
  queued_bytes_ = parsing_bytes_ = storing_bytes_ = 0;
  for (auto& [sequence, e] : entries_) {
    if (e.now == stage::waiting || e.now == stage::grouped)
      continue;
    e.now = stage::unreconciled;
    e.content = nullptr;
    e.record_bytes = 0;
  }
}

void intake::expire(time now) {
  std::vector<std::uint64_t> abandoned;
  for (const auto sequence : waiting_) {
    auto& e = entries_.at(sequence);
    const auto split = std::stable_partition(e.waiters.begin(), e.waiters.end(),
                                             [now](const waiter& w) { return w.deadline > now; });
    for (auto w = split; w != e.waiters.end(); ++w) {
      ++counters_.overloaded;
      w->answer.give(verdict::overloaded);
    }
    e.waiters.erase(split, e.waiters.end());
    if (e.waiters.empty())
      abandoned.push_back(sequence);
  }
  for (const auto sequence : abandoned) {
    const auto found = entries_.find(sequence);
    by_digest_.erase(found->second.digest);
    entries_.erase(found);
    std::erase(waiting_, sequence);
  }
  pass_gone();
}

void intake::dismiss_waiting() {
  for (auto& [sequence, e] : entries_)
    for (const auto& w : std::exchange(e.waiters, {}))
      w.answer.give(verdict::stopping);
}

void intake::describe(receiver_status& status, timestamp now) const {
  status = counters_;
  status.parsing_bytes = parsing_bytes_;
  status.parsing_budget_bytes = settings_.parsing_budget_bytes;
  status.unstored_bytes = storing_bytes_;
  status.unstored_budget_bytes = settings_.unstored_budget_bytes;
  status.unstored_frames = entries_.size() - waiting_.size() - group_.size();
  status.held = waiting_.size();
  if (!has_room())
    status.journal_problem =
        fmt::format("{} frames wait for the database, as many as receiver.max-unstored-frames allows",
                    settings_.max_unstored_frames);
  if (const auto oldest = entries_.find(oldest_); oldest != entries_.end())
    status.oldest_age = std::max(now - oldest->second.received_at, std::chrono::microseconds{0});
  status.ready = reconciled_;
}

} // namespace parseflow
