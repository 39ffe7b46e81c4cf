#include "actors/intake.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace parseflow::actors {

intake::intake(receiver_settings settings) : settings_(settings), stored_(settings.remembered_frames) {}

std::vector<intake::releasable> intake::recover(const db::journal_recovery& found) {
  for (const auto& id : found.ids)
    stored_.insert(id);
  std::vector<releasable> copies;
  for (const auto& earlier : found.frames) {
    // The group of the earlier copy failed; the later copy became durable.
    if (const auto copied = by_digest_.find(earlier.digest); copied != by_digest_.end()) {
      auto& e = entries_.at(copied->second);
      copies.push_back({std::exchange(e.at, earlier.at), e.digest, e.body_bytes});
      continue;
    }
    const auto sequence = ++last_sequence_;
    auto& e = entries_[sequence];
    e.key = earlier.head.key;
    e.digest = earlier.digest;
    e.at = earlier.at;
    e.received_at = earlier.head.received_at;
    e.body_bytes = earlier.body_bytes;
    e.now = stage::unreconciled;
    e.is_past = true;
    by_digest_.emplace(e.digest, sequence);
    past_.push_back(sequence);
  }
  past_left_ = past_.size();
  return copies;
}

const frame_key* intake::distrust(const frame_digest& deadly) {
  const auto found = by_digest_.find(deadly);
  if (found == by_digest_.end())
    return nullptr;
  deadly_.insert(deadly);
  return &entries_.at(found->second).key;
}

void intake::submit(submission arrival, time now) {
  if (is_closed_) {
    settled_.give(arrival.answer, verdict::stopping);
    return;
  }
  const auto digest = digest_of(arrival.content->key);
  if (stored_.contains(digest)) {
    ++counters_.duplicates;
    settled_.give(arrival.answer, verdict::duplicate);
    return;
  }
  if (const auto found = by_digest_.find(digest); found != by_digest_.end()) {
    ++counters_.duplicates;
    auto& first = entries_.at(found->second);
    if (first.now == stage::waiting || first.now == stage::grouped)
      first.waiters.push_back({std::move(arrival.answer), now + settings_.hold});
    else
      settled_.give(arrival.answer, verdict::duplicate);
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

// How many more frames may go to the journal. The bound is a number of frames because each one in the journal
// also takes memory, whatever its size.
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
  waiting_.pop_front();
}

void intake::group_durable(time now) {
  for (const auto sequence : group_) {
    auto& e = entries_.at(sequence);
    for (const auto& w : std::exchange(e.waiters, {})) { // frees the vector's memory
      settled_.give(w.answer, verdict::stored);
      counters_.acknowledgement.add(
          std::chrono::floor<std::chrono::microseconds>(now + settings_.hold - w.deadline));
    }
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

// Beyond the budget the bytes of the frame are dropped from memory; the journal has them.
void intake::enqueue(std::uint64_t sequence, entry& e) {
  e.now = stage::queued;
  if (e.content && queued_bytes_ + e.body_bytes > settings_.parsing_budget_bytes)
    e.content = nullptr;
  if (e.content)
    queued_bytes_ += e.body_bytes;
  queue_.push_back(sequence);
}

std::vector<frame_key> intake::unreconciled(std::size_t from, std::size_t limit) {
  is_asked_ = true;
  if (from == 0 && past_left_ != past_.size())
    std::erase_if(past_, [this](std::uint64_t sequence) { return !entries_.contains(sequence); });
  std::vector<frame_key> result;
  const auto end = std::min(past_.size(), from + limit);
  for (auto i = from; i < end; ++i)
    result.push_back(entries_.at(past_[i]).key);
  return result;
}

std::optional<intake::releasable> intake::known(const frame_key& key) {
  if (!is_asked_)
    return std::nullopt;
  const auto digest = digest_of(key);
  const auto found = by_digest_.find(digest);
  if (found == by_digest_.end()) {
    stored_.insert(digest);
    return std::nullopt;
  }
  const auto open = entries_.find(found->second);
  if (open->second.now != stage::unreconciled || is_reconciled_)
    return std::nullopt;
  return finish(open);
}

void intake::reconcile() {
  is_reconciled_ = is_asked_;
}

void intake::store_again(const db::recovered_frame& lost) {
  const auto sequence = last_sequence_ + 1;
  if (!by_digest_.emplace(lost.digest, sequence).second)
    return;
  ++last_sequence_;
  auto& e = entries_[sequence];
  e.key = lost.head.key;
  e.digest = lost.digest;
  e.at = lost.at;
  e.received_at = lost.head.received_at;
  e.body_bytes = lost.body_bytes;
  e.now = stage::deferred;
  deferred_.push_back(sequence);
}

// One frame always has room, so that a budget below its size does not stop everything.
bool intake::has_room_with_parsers(std::uint64_t bytes) const {
  return parsing_ == 0 ||
         (parsing_ < max_parsing && parsing_bytes_ + bytes <= settings_.parsing_budget_bytes);
}

bool intake::has_room_in_database(std::uint64_t bytes) const {
  return storing_bytes_ == 0 || storing_bytes_ + bytes <= settings_.unstored_budget_bytes;
}

std::vector<intake::for_parser> intake::dispatch() {
  std::vector<for_parser> result;
  dispatch_from(queue_, result);
  if (is_reconciled_)
    dispatch_from(past_, result);
  while (!deferred_.empty() && result.size() < round) {
    auto& e = entries_.at(deferred_.front());
    if (!has_room_with_parsers(e.body_bytes) || !has_room_in_database(e.body_bytes))
      break;
    result.push_back(start(deferred_.front(), e, delivery::database));
    deferred_.pop_front();
  }
  return result;
}

// Dispatches from `frames`, all of which the metrics lack.
void intake::dispatch_from(std::deque<std::uint64_t>& frames, std::vector<for_parser>& result) {
  while (!frames.empty() && result.size() < round) {
    const auto next = entries_.find(frames.front());
    if (next != entries_.end()) {
      auto& e = next->second;
      if (!has_room_with_parsers(e.body_bytes))
        return;
      if (e.content)
        queued_bytes_ -= e.body_bytes;
      // The database gets the frames in order, so deferred frames go before this one.
      const bool is_for_database = deferred_.empty() && has_room_in_database(e.body_bytes);
      result.push_back(start(next->first, e, is_for_database ? delivery::all : delivery::metrics));
    }
    frames.pop_front();
  }
}

intake::for_parser intake::start(std::uint64_t sequence, entry& e, delivery deliver_to) {
  e.now = stage::parsing;
  e.deliver_to = deliver_to;
  ++parsing_;
  parsing_bytes_ += e.body_bytes;
  if (deliver_to != delivery::metrics)
    storing_bytes_ += e.body_bytes;
  return {sequence, e.content, e.at, e.digest, deliver_to, !deadly_.empty() && deadly_.contains(e.digest)};
}

void intake::leave_parser(entry& e) {
  --parsing_;
  parsing_bytes_ -= e.body_bytes;
  // From here on only the batch or the journal holds the bytes.
  e.content = nullptr;
}

void intake::parsed(std::uint64_t sequence, std::uint64_t record_bytes) {
  const auto found = entries_.find(sequence);
  if (found == entries_.end() || found->second.now != stage::parsing)
    return;
  auto& e = found->second;
  leave_parser(e);
  if (!failed_reads_.empty())
    failed_reads_.erase(sequence);
  if (e.deliver_to != delivery::database)
    is_counted(e);
  if (e.deliver_to == delivery::metrics) {
    e.now = stage::deferred;
    deferred_.push_back(sequence);
  } else {
    e.now = stage::storing;
    e.record_bytes = record_bytes;
    storing_bytes_ += record_bytes;
  }
}

void intake::is_counted(entry& e) {
  if (std::exchange(e.is_past, false))
    --past_left_;
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

bool intake::unreadable(std::uint64_t sequence, time now) {
  auto& failed = failed_reads_[sequence];
  if (++failed.count == read_attempts)
    return false;
  failed.again_at = now + read_backoff;
  auto& e = entries_.at(sequence);
  leave_parser(e);
  if (e.deliver_to != delivery::metrics)
    storing_bytes_ -= e.body_bytes;
  e.now = stage::unreadable;
  return true;
}

void intake::read_again(time now) {
  for (const auto& [sequence, failed] : failed_reads_) {
    auto& e = entries_.at(sequence);
    if (e.now != stage::unreadable || failed.again_at > now)
      continue;
    const bool is_counted = e.deliver_to == delivery::database;
    e.now = is_counted ? stage::deferred : stage::queued;
    (is_counted ? deferred_ : queue_).push_front(sequence);
  }
}

intake::lost_frame intake::lost(std::uint64_t sequence) {
  const auto found = entries_.find(sequence);
  auto& e = found->second;
  ++counters_.lost_frames;
  leave_parser(e);
  if (e.deliver_to != delivery::metrics)
    storing_bytes_ -= e.body_bytes;
  failed_reads_.erase(sequence);
  lost_frame result{std::move(e.key), e.at, e.body_bytes};
  forget(found); // so a client may send it again
  return result;
}

// Forgets a stored frame except for its digest.
intake::releasable intake::finish(entries::iterator stored) {
  const auto& e = stored->second;
  const releasable bytes{e.at, e.digest, e.body_bytes};
  stored_.insert(e.digest);
  forget(stored);
  return bytes;
}

void intake::forget(entries::iterator done) {
  auto& e = done->second;
  is_counted(e);
  if (!deadly_.empty())
    deadly_.erase(e.digest);
  by_digest_.erase(e.digest);
  entries_.erase(done);
  pass_gone();
}

void intake::pass_gone() {
  while (oldest_ <= last_sequence_ && !entries_.contains(oldest_))
    ++oldest_;
}

void intake::reset() {
  is_reconciled_ = is_asked_ = false;
  queue_.clear();
  past_.clear();
  deferred_.clear();
  failed_reads_.clear();
  queued_bytes_ = parsing_bytes_ = storing_bytes_ = 0;
  parsing_ = 0;
  for (auto& [sequence, e] : entries_) {
    if (e.now == stage::waiting || e.now == stage::grouped)
      continue;
    e.now = stage::unreconciled;
    e.content = nullptr;
    e.record_bytes = 0;
    e.is_past = true;
    past_.push_back(sequence);
  }
  std::sort(past_.begin(), past_.end());
  past_left_ = past_.size();
}

void intake::expire(time now) {
  std::erase_if(waiting_, [&](std::uint64_t sequence) {
    const auto found = entries_.find(sequence);
    auto& waiters = found->second.waiters;
    const auto split = std::stable_partition(waiters.begin(), waiters.end(),
                                             [now](const waiter& w) { return w.deadline > now; });
    for (auto w = split; w != waiters.end(); ++w) {
      ++counters_.overloaded;
      settled_.give(w->answer, verdict::overloaded);
    }
    waiters.erase(split, waiters.end());
    if (!waiters.empty())
      return false;
    by_digest_.erase(found->second.digest);
    entries_.erase(found);
    return true;
  });
  pass_gone();
}

void intake::dismiss_waiting() {
  for (auto& [sequence, e] : entries_)
    for (const auto& w : std::exchange(e.waiters, {}))
      settled_.give(w.answer, verdict::stopping);
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
    status.no_room =
        problem{fmt::format("{} frames wait for the database, as many as receiver.max-unstored-frames allows",
                            settings_.max_unstored_frames)};
  if (const auto oldest = entries_.find(oldest_); oldest != entries_.end())
    status.oldest_age = std::max(now - oldest->second.received_at, std::chrono::microseconds{0});
  status.is_ready = is_reconciled_;
  status.is_restoring = !is_reconciled_ || past_left_ > 0;
}

} // namespace parseflow::actors
