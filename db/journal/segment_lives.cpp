// The lives of segment files: they begin, end, are kept for a while, and are used again.
#include <algorithm>
#include <random>
#include <tuple>
#include <unordered_set>

#include <fmt/format.h>

#include "db/journal/journal.hpp"
#include "db/journal/record.hpp"
#include "db/journal/segment_walk.hpp"

namespace parseflow::db {

namespace {

// How many recycled files are kept for reuse; more would only take disk space.
constexpr std::size_t max_spare = 4;
// A segment accepts frames for at most this long. While it does, a restart looks its stored frames up in the
// database, so their keys must still be there.
constexpr std::chrono::hours max_age{1};

std::uint64_t random_life() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

} // namespace

result journal::start_segment(std::uint64_t record_bytes, timestamp now) {
  if (auto there = check_folder(); !there)
    return {outcome::retry, there.error().sentence};
  if (active_ && segments_.at(*active_).unreleased == 0)
    active_.reset();
  recycle_unneeded(now);
  segment fresh;
  const auto wanted = std::max(2 * segment_header_bytes + record_bytes, settings_.segment_bytes);
  if (auto taken = take_file(fresh.file, wanted); taken.code != outcome::done)
    return taken;
  fresh.life = random_life();
  fresh.used = segment_header_bytes;
  // Becomes durable with the first group.
  if (!fresh.file.write_header({.generation = next_generation_, .life = fresh.life})) {
    auto why = system_error("write", fresh.file.path());
    fresh.file.remove();
    return {outcome::retry, std::move(why.sentence)};
  }
  active_ = next_generation_++;
  segments_.emplace(*active_, std::move(fresh));
  return {};
}

result journal::take_file(segment_file& fresh, std::uint64_t bytes) {
  while (true) {
    const auto reusable = std::find_if(spare_.begin(), spare_.end(),
                                       [bytes](const segment_file& s) { return s.bytes() >= bytes; });
    if (reusable != spare_.end()) {
      fresh = std::move(*reusable);
      spare_.erase(reusable);
      return {};
    }
    std::string why;
    if (disk_bytes() + bytes > settings_.quota_bytes) {
      why =
          fmt::format("the {} bytes of journal.quota-bytes are used up by frames that wait for the database",
                      settings_.quota_bytes);
    } else {
      auto made =
          segment_file::make(directory_ / fmt::format("{:08}{}", next_file_, segment_extension), bytes);
      if (made) {
        fresh = *std::move(made);
        ++next_file_;
        return {};
      }
      why = std::move(made.error().sentence);
      if (!made.error().is_disk_full)
        return {outcome::retry, std::move(why)};
    }
    if (!drop_least_needed())
      return {outcome::retry, std::move(why)};
  }
}

// False if every file is needed. Stored segments are dropped before a frame is refused, even if their ids
// could not be written: the database has them too.
bool journal::drop_least_needed() {
  if (!spare_.empty()) {
    spare_.back().remove();
    spare_.pop_back();
    return true;
  }
  auto oldest = segments_.end();
  for (auto at = segments_.begin(); at != segments_.end(); ++at)
    if (at->second.unreleased == 0 && at->first != active_ &&
        (oldest == segments_.end() || at->second.last_release < oldest->second.last_release))
      oldest = at;
  if (oldest == segments_.end())
    return false;
  retire(oldest->first, oldest->second);
  segments_.erase(oldest);
  return true;
}

result journal::tick(timestamp now) {
  if (auto there = check_folder(); !there)
    return {outcome::retry, there.error().sentence};
  if (active_) {
    auto& target = segments_.at(*active_);
    if (!target.first_tick)
      target.first_tick = now;
    else if (*target.first_tick + max_age <= now)
      active_.reset();
  }
  recycle_unneeded(now);
  return {};
}

void journal::settle_all(timestamp now) {
  active_.reset();
  recycle_unneeded(now);
}

void journal::recycle_unneeded(timestamp now) {
  for (auto at = segments_.begin(); at != segments_.end();)
    at = recycle_if_unneeded(at, now);
}

// Returns the segment after it.
journal::segments::iterator journal::recycle_if_unneeded(segments::iterator candidate, timestamp now) {
  auto& [generation, s] = *candidate;
  if (s.unreleased > 0 || generation == active_)
    return std::next(candidate);
  if (!s.is_settled || !s.released_ids.empty())
    settle(generation, s, now);
  const bool is_kept = !s.is_first_format && s.last_release + settings_.keep_stored > now;
  if (!s.is_settled || is_kept)
    return std::next(candidate);
  retire(generation, s);
  return segments_.erase(candidate);
}

void journal::settle(std::uint64_t generation, segment& done, timestamp now) {
  // The segment must stay until its ids are on disk: the next tick tries again.
  if (!ids_.append(done.released_ids, now))
    return;
  done.released_ids = {};
  done.is_settled = true;
  if (done.is_first_format || settings_.keep_stored == std::chrono::seconds::zero())
    return;
  // If this fails, the next run asks the database for these frames.
  if (done.file.write_header({.generation = generation,
                              .life = done.life,
                              .state = segment_state::stored,
                              .since = done.last_release,
                              .oldest = done.oldest}))
    done.file.sync();
}

void journal::retire(std::uint64_t generation, segment& old) {
  if (old.is_aside)
    std::ignore = old.file.move_aside(); // if this fails, the next run reads frames that the database has
  else
    make_spare(std::move(old.file), generation);
}

// Ensures that no later run finds frames in the file, whether it is used again or not.
void journal::make_spare(segment_file file, std::uint64_t generation) {
  if (spare_.size() < max_spare && file.bytes() == settings_.segment_bytes && file.has_name() &&
      file.write_header({.generation = generation, .state = segment_state::spare}) && file.sync())
    spare_.push_back(std::move(file));
  else
    file.remove();
}

std::optional<timestamp> journal::oldest_record() const {
  auto oldest = timestamp::max();
  for (const auto& [generation, s] : segments_)
    oldest = std::min(oldest, s.oldest);
  return oldest == timestamp::max() ? std::nullopt : std::optional{oldest};
}

std::vector<recovered_frame> journal::kept_frames(journal_position after, timestamp now) const {
  std::vector<recovered_frame> result;
  file_bytes memory;
  for (auto at = segments_.upper_bound(after.generation); at != segments_.end() && result.empty(); ++at) {
    const auto& [generation, s] = *at;
    if (s.last_release + settings_.keep_stored <= now)
      continue;
    const std::unordered_set<frame_digest, frame_digest_hash> released{s.released_ids.begin(),
                                                                       s.released_ids.end()};
    read_whole(s.file, memory);
    for (auto& [offset, record] : walk_segment(memory, {segment_header{.life = s.life}, true}).records) {
      const auto digest = digest_of(record.content.key);
      if (s.is_settled || released.contains(digest))
        result.push_back({{generation, static_cast<std::uint32_t>(offset)},
                          digest,
                          std::move(record.content),
                          record.body_bytes});
    }
  }
  return result;
}

bool journal::need_again(const recovered_frame& kept) {
  const auto found = segments_.find(kept.at.generation);
  if (found == segments_.end())
    return false;
  auto& owner = found->second;
  ++owner.unreleased;
  unreleased_bytes_ += kept.body_bytes;
  // Ensures that a later run finds the frame. If this fails, only this run knows that it is needed.
  if (owner.is_settled && owner.unreleased == 1 &&
      owner.file.write_header({.generation = kept.at.generation, .life = owner.life}))
    owner.file.sync();
  return true;
}

} // namespace parseflow::db
