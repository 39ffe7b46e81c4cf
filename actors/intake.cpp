// Bookkeeping of frames under way.
#include "actors/intake.hpp"

#include <algorithm>
#include <functional>

namespace parseflow {

intake::intake(receiver_settings settings) : settings_(settings), stored_(settings.remembered_frames) {}

void intake::submit(submission arrival, time now) {
  if (closed_) {
    arrival.answer->set_value(verdict::stopping);
    return;
  }
  const waiter newcomer{std::move(arrival.answer), now + settings_.hold};
  const bool has_id = !arrival.content->key.id.empty();
  frame_digest digest;
  if (has_id) {
    digest = digest_of(arrival.content->key);
    if (stored_.contains(digest)) {
      ++duplicates_;
      newcomer.answer->set_value(verdict::duplicate);
      return;
    }
    if (const auto found = by_digest_.find(digest); found != by_digest_.end()) {
      ++duplicates_;
      entries_[found->second].waiters.push_back(newcomer);
      return;
    }
  }
  const auto sequence = ++last_sequence_;
  if (has_id)
    by_digest_.emplace(digest, sequence);
  entries_.emplace(sequence, entry{std::move(arrival.content), digest, stage::held, {newcomer}});
  held_.push_back(sequence);
}

void intake::remember(const std::vector<frame_key>& keys, bool complete) {
  for (const auto& key : keys)
    stored_.insert(digest_of(key));
  if (!complete || remembers_all_)
    return;
  remembers_all_ = true;
  // What came in meanwhile may have been stored in an earlier run.
  for (const auto sequence : std::deque<std::uint64_t>{held_}) {
    auto& waiting = entries_.at(sequence);
    if (waiting.content->key.id.empty() || !stored_.contains(waiting.digest))
      continue;
    duplicates_ += waiting.waiters.size();
    for (const auto& w : waiting.waiters)
      w.answer->set_value(verdict::duplicate);
    forget(sequence);
  }
}

std::vector<intake::admitted> intake::admit() {
  std::vector<admitted> result;
  if (!remembers_all_)
    return result;
  while (!held_.empty()) {
    const auto sequence = held_.front();
    auto& next = entries_.at(sequence);
    const std::uint64_t size = next.content->body.size();
    if (!has_room(size))
      return result;
    held_.pop_front();
    next.at = stage::parsing;
    parsing_bytes_ += size;
    unstored_bytes_ += size;
    ++unstored_frames_;
    ++frames_;
    bytes_ += size;
    result.push_back({sequence, next.content});
  }
  return result;
}

bool intake::has_room(std::uint64_t bytes) const {
  return parsing_bytes_ + bytes <= settings_.parsing_budget_bytes &&
         unstored_bytes_ + bytes <= settings_.unstored_budget_bytes;
}

void intake::parsed(std::uint64_t sequence) {
  const auto found = entries_.find(sequence);
  if (found == entries_.end() || found->second.at != stage::parsing)
    return;
  found->second.at = stage::storing;
  parsing_bytes_ -= found->second.content->body.size();
}

void intake::committed(std::uint64_t sequence) {
  const auto found = entries_.find(sequence);
  if (found == entries_.end())
    return;
  auto& done = found->second;
  // The commit can overtake the parser's receipt.
  parsed(sequence);
  unstored_bytes_ -= done.content->body.size();
  --unstored_frames_;
  if (!done.content->key.id.empty())
    stored_.insert(done.digest);
  for (const auto& w : done.waiters)
    w.answer->set_value(verdict::stored);
  forget(sequence);
}

void intake::expire(time now) {
  std::vector<std::uint64_t> abandoned;
  for (auto& [sequence, current] : entries_) {
    const auto out_of_time = [now](const waiter& w) { return w.deadline <= now; };
    auto& waiters = current.waiters;
    const auto split = std::stable_partition(waiters.begin(), waiters.end(), std::not_fn(out_of_time));
    for (auto w = split; w != waiters.end(); ++w) {
      ++overloaded_;
      w->answer->set_value(verdict::overloaded);
    }
    waiters.erase(split, waiters.end());
    if (current.at == stage::held && waiters.empty())
      abandoned.push_back(sequence);
  }
  for (const auto sequence : abandoned)
    forget(sequence);
}

void intake::forget(std::uint64_t sequence) {
  const auto found = entries_.find(sequence);
  if (!found->second.content->key.id.empty())
    by_digest_.erase(found->second.digest);
  if (found->second.at == stage::held)
    std::erase(held_, sequence);
  entries_.erase(found);
}

void intake::describe(receiver_status& status) const {
  status.frames = frames_;
  status.bytes = bytes_;
  status.duplicates = duplicates_;
  status.overloaded = overloaded_;
  status.parsing_bytes = parsing_bytes_;
  status.parsing_budget_bytes = settings_.parsing_budget_bytes;
  status.unstored_bytes = unstored_bytes_;
  status.unstored_budget_bytes = settings_.unstored_budget_bytes;
  status.unstored_frames = unstored_frames_;
  status.held = held_.size();
  status.ready = remembers_all_;
}

} // namespace parseflow
