// Carries out the decisions of `intake`: moves frames between requests, journal, parsers and DB writer.
#include "actors/receiver.hpp"

#include <algorithm>
#include <numeric>

#include "messages/service_log.hpp"
#include "messages/system_time.hpp"

namespace parseflow::actors {

namespace {

constexpr std::chrono::milliseconds tick_interval{100};
// After this long without a failed append the journal counts as healthy.
constexpr std::chrono::seconds journal_grace{1};
// The span of `receiver_status::lines_per_second`.
constexpr std::chrono::seconds rate_span{10};
// A frame that brought down this many parsers is kept raw.
constexpr int max_crashes = 2;
// A group that grows larger than this goes to its parser before it is complete; other parsers get the rest.
constexpr std::uint64_t group_load = 1u << 20;
// The least loaded parser gets the next frames until they are this much, so that a large frame does not delay
// those after it. Small frames stay together, because each group costs messages and wake-ups.
constexpr std::uint64_t share_load = 1u << 15;
// The cost of a frame besides its bytes, as a number of bytes of equal cost.
constexpr std::uint64_t frame_load = 1024;

std::uint64_t load_of(const parse_job& job) {
  return job.content->body.size() + frame_load;
}

std::uint64_t load_of(const std::vector<parse_job>& jobs) {
  return std::accumulate(jobs.begin(), jobs.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const parse_job& job) { return sum + load_of(job); });
}

} // namespace

receiver::receiver(self_pointer self, receiver_settings settings, db::journal::opened opened)
    : box_state(self), journal_(std::move(opened.value)), frames_(settings) {
  for (const auto& copy : frames_.recover(opened.found))
    release(copy);
  in_hand_ = std::make_unique<db::in_hand_file>(
      journal_->directory() / "in-hand", [this](const frame_digest& frame) { return frames_.holds(frame); });
  if (const auto checked = in_hand_->check(); !checked)
    log(log_level::warn, box_name,
        "the file in-hand cannot be used: a frame that crashes the process again and again will not be recognised",
        {{"problem", checked.error().sentence}});
  for (const auto& frame : in_hand_->deadly())
    if (const auto* key = frames_.distrust(frame))
      log(log_level::error, box_name,
          "the process ended twice while it parsed a frame; it is kept as one malformed line",
          {{"drain", key->drain}, {"frame_id", key->id}});
}

receiver::behavior_type receiver::make_behavior() {
  self_->delayed_send(self_, tick_interval, caf::tick_atom_v);
  return {
      [this](submissions& arrivals) {
        for (auto& one : arrivals.all)
          frames_.submit(std::move(one), self_->clock().now());
        frames_.settled().send_from(self_);
        commit_soon();
      },
      [this](const frame_ptr& arrival) -> caf::result<verdict> {
        // The forwarding node can try others, and holds the request itself if none has room.
        if (!has_room() && !frames_.knows(arrival->key))
          return verdict::overloaded;
        auto answer = self_->make_response_promise<verdict>();
        frames_.submit({arrival, verdict_slot{[answer](verdict given) mutable { answer.deliver(given); }}},
                       self_->clock().now());
        commit_soon();
        return answer;
      },
      [this](caf::flush_atom) { commit(); },
      [this](unstored_atom, std::uint64_t from) {
        auto keys = frames_.unreconciled(from, max_keys);
        const bool is_last = keys.size() < max_keys;
        return unstored_frames{std::move(keys), is_last};
      },
      [this](const reconciled_frames& known) {
        for (const auto& key : known.keys)
          if (const auto bytes = frames_.known(key))
            release(*bytes);
        if (known.is_last)
          frames_.reconcile();
        pump();
      },
      [this](kept_atom, std::uint64_t from) {
        if (from == 0)
          kept_.begin();
        auto keys = kept_.next(*journal_, system_time(), max_keys);
        const bool is_last = keys.size() < max_keys;
        return kept_frames{std::move(keys), is_last};
      },
      [this](const missing_frames& missing) {
        store_again(missing);
        pump();
      },
      [this](const committed_frames& durable) {
        for (const auto sequence : durable.sequences)
          if (const auto bytes = frames_.stored(sequence))
            release(*bytes);
        pump();
      },
      [this](dispatch_atom) {
        dispatch_is_due_ = false;
        pump();
      },
      [this](join_pool_atom, std::uint32_t place_index, const parser_actor& parser) {
        join_pool(place_index, parser);
        pump();
      },
      [this](reset_atom) { reset(); },
      [this](status_atom) { return status(); },
      [this](settle_atom) -> caf::result<bool> {
        frames_.close();
        if (frames_.is_idle())
          return true;
        settled_ = self_->make_response_promise<bool>();
        return settled_;
      },
      [this](caf::tick_atom) { tick(); },
  };
}

void receiver::on_exit() {
  frames_.close();
  frames_.dismiss_waiting();
  frames_.settled().send_from(self_);
  journal_->settle_all(system_time());
}

// Sends itself a message instead of setting a timer: it arrives after all requests that wait already, so that
// they share the commit.
void receiver::commit_soon() {
  if (commit_is_due_ || frames_.are_all_durable())
    return;
  commit_is_due_ = true;
  self_->send(self_, caf::flush_atom_v);
}

void receiver::commit() {
  commit_is_due_ = false;
  for (auto& next : frames_.group()) {
    const auto at = journal_->append(std::move(next.content));
    if (!at) { // this frame and those after it wait
      if (const auto room = journal_->make_room(system_time()); room.code != db::outcome::done)
        journal_failed(room.message);
      break;
    }
    frames_.grouped(next.sequence, *at);
  }
  const auto written = journal_->commit();
  if (written.code == db::outcome::done) {
    frames_.group_durable(self_->clock().now());
    frames_.settled().send_from(self_);
  } else {
    frames_.group_failed();
    journal_failed(written.message);
  }
  pump();
}

void receiver::pump() {
  if (std::any_of(pool_.begin(), pool_.end(), [](const place& p) { return p.is_alive; }))
    dispatch();
  if (settled_.pending() && frames_.is_idle())
    settled_.deliver(true);
}

void receiver::dispatch() {
  struct open_group {
    std::vector<parse_job> jobs;
    std::uint64_t load = 0;
  };
  const auto frames = frames_.dispatch();
  std::vector<open_group> groups(pool_.size());
  std::size_t best = 0;
  std::uint64_t together = share_load; // of the frames that `best` got in a row
  for (const auto& next : frames) {
    auto content = content_of(next);
    if (!content)
      continue;
    if (together >= share_load) {
      best = least_loaded_place();
      together = 0;
    }
    auto& group = groups[best];
    group.jobs.push_back({next.sequence, std::move(content), next.digest, next.deliver_to, next.is_kept_raw});
    const auto load = load_of(group.jobs.back());
    together += load;
    group.load += load;
    pool_[best].load += load;
    if (group.load > group_load)
      hand_out(std::exchange(group, {}).jobs, best);
  }
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (!groups[i].jobs.empty())
      hand_out(std::move(groups[i].jobs), i);
  if (frames.size() == intake::round)
    dispatch_soon();
}

// Lets the messages in the mailbox be handled first.
void receiver::dispatch_soon() {
  if (!std::exchange(dispatch_is_due_, true))
    self_->send(self_, dispatch_atom_v);
}

// Null if the journal cannot read the frame's bytes.
frame_ptr receiver::content_of(const intake::for_parser& next) {
  if (next.content)
    return next.content;
  auto found = journal_->read(next.at);
  if (found.end == db::journal_reading::outcome::whole)
    return found.content;
  if (found.end == db::journal_reading::outcome::unreadable &&
      frames_.unreadable(next.sequence, self_->clock().now()))
    return nullptr;
  const auto bytes = frames_.lost(next.sequence);
  const auto aside = journal_->give_up(bytes.at, bytes.body_bytes, system_time());
  log(log_level::error, box_name,
      "a frame is lost: the journal cannot read its bytes; the file that holds them is kept aside",
      {{"drain", bytes.key.drain}, {"frame_id", bytes.key.id}, {"file", aside.string()}});
  return nullptr;
}

// Precondition: at least one parser is alive.
std::size_t receiver::least_loaded_place() const {
  std::size_t best = pool_.size();
  for (std::size_t i = 0; i < pool_.size(); ++i)
    if (pool_[i].is_alive && (best == pool_.size() || pool_[i].load < pool_[best].load))
      best = i;
  return best;
}

// The requests have no time limits of their own: thousands of timers would cost more than the parsing, and
// `watch_parsers` checks all parsers at once.
void receiver::hand_out(std::vector<parse_job> jobs, std::size_t place_index) {
  auto& target = pool_[place_index];
  if (target.groups++ == 0)
    target.at_work_since = self_->clock().now();
  const auto group =
      std::make_shared<const parse_group>(parse_group{std::move(jobs), in_hand_->note(place_index)});
  self_->request(target.parser, caf::infinite, *group)
      .then(
          [this, group, place_index, epoch = epoch_](const parse_receipt& receipt) {
            if (epoch == epoch_)
              on_receipt(group->jobs, place_index, receipt);
          },
          [this, group, place_index, epoch = epoch_](const caf::error& problem) {
            if (epoch == epoch_)
              on_crash(group->jobs, place_index, problem == caf::sec::runtime_error);
          });
}

void receiver::on_receipt(const std::vector<parse_job>& jobs, std::size_t place_index,
                          const parse_receipt& receipt) {
  auto& from = pool_[place_index];
  from.load -= load_of(jobs);
  --from.groups;
  from.at_work_since = self_->clock().now();
  lines_ += receipt.lines;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].is_kept_raw)
      ++salvaged_;
    if (!crashes_.empty())
      crashes_.erase(jobs[i].sequence);
    frames_.parsed(jobs[i].sequence, receipt.record_bytes[i]);
  }
  pump();
}

// The parser died. `was_the_one` is true if it died while it parsed this group; other groups only waited.
void receiver::on_crash(std::vector<parse_job> jobs, std::size_t place_index, bool was_the_one) {
  auto& vacant = pool_[place_index];
  vacant.is_alive = false;
  vacant.load -= load_of(jobs);
  --vacant.groups;
  for (auto& job : jobs) {
    // Any frame of the group may be the cause, so the successor gets them one by one.
    if (was_the_one && ++crashes_[job.sequence] >= max_crashes) {
      log(log_level::error, box_name, "a frame brought parsers down; it is kept as one malformed line",
          {{"drain", job.content->key.drain}, {"frame_id", job.content->key.id}});
      job.is_kept_raw = true;
    }
    vacant.orphans.push_back(std::move(job));
  }
}

void receiver::join_pool(std::uint32_t place_index, parser_actor parser) {
  if (place_index >= pool_.size())
    pool_.resize(place_index + 1);
  auto& seat = pool_[place_index];
  seat.parser = std::move(parser);
  seat.is_alive = true;
  std::vector<parse_job> innocent;
  for (auto& job : std::exchange(seat.orphans, {})) {
    seat.load += load_of(job);
    if (crashes_.contains(job.sequence))
      hand_out({std::move(job)}, place_index);
    else
      innocent.push_back(std::move(job));
  }
  if (!innocent.empty())
    hand_out(std::move(innocent), place_index);
}

void receiver::store_again(const missing_frames& missing) {
  std::uint64_t count = 0;
  for (const auto& key : missing.keys) {
    const auto* const kept = kept_.listed(key);
    if (kept == nullptr || frames_.holds(kept->digest) || !journal_->need_again(*kept))
      continue;
    frames_.store_again(*kept);
    ++count;
  }
  log(log_level::warn, box_name,
      "the database lacks frames that it had; they are stored again from the journal",
      {{"frames", std::to_string(count)}, {"gone", std::to_string(missing.keys.size() - count)}});
}

void receiver::release(const intake::releasable& bytes) {
  journal_->release(bytes.at, bytes.digest, bytes.body_bytes, system_time());
}

void receiver::reset() {
  ++epoch_;
  pool_.clear();
  frames_.reset();
}

bool receiver::has_room() const {
  return !journal_failure_ && frames_.has_room();
}

void receiver::journal_failed(const std::string& why) {
  journal_failed_at_ = self_->clock().now();
  if (!std::exchange(journal_failure_, problem{why}))
    log(log_level::error, box_name,
        "the journal takes no frames; requests wait, and the receiver tries again", {{"problem", why}});
}

void receiver::tick_journal(intake::time now) {
  if (now - journal_ticked_at_ < journal_grace / 2)
    return;
  journal_ticked_at_ = now;
  if (const auto ticked = journal_->tick(system_time()); ticked.code != db::outcome::done)
    journal_failed(ticked.message);
}

// The problem is over only after the grace: while the journal is at its limit, some frames still get in.
void receiver::watch_journal(intake::time now) {
  if (!journal_failure_)
    return;
  // A balancer sends nothing until `/readyz` succeeds, so retry making room without waiting for a frame.
  if (frames_.are_all_durable())
    if (const auto room = journal_->make_room(system_time()); room.code != db::outcome::done)
      journal_failed(room.message);
  if (now - journal_failed_at_ < journal_grace)
    return;
  log(log_level::info, box_name, "the journal takes frames again");
  journal_failure_.reset();
}

void receiver::watch_parsers(intake::time now) {
  for (const auto& one : pool_)
    if (one.is_alive && one.groups > 0 && now - one.at_work_since > parser_timeout)
      return self_->quit(make_error(ec::box_hangs, "a parser did not finish a frame within a minute"));
}

void receiver::tick() {
  const auto now = self_->clock().now();
  watch_parsers(now);
  frames_.expire(now);
  frames_.settled().send_from(self_);
  frames_.read_again(now);
  tick_journal(now);
  commit_soon(); // frames that found no room may find some now
  watch_journal(now);
  progress_.emplace_back(now, lines_);
  while (now - progress_.front().first > rate_span)
    progress_.pop_front();
  pump();
  self_->delayed_send(self_, tick_interval, caf::tick_atom_v);
}

receiver_status receiver::status() const {
  receiver_status result;
  frames_.describe(result, system_time());
  result.lines = lines_;
  result.salvaged = salvaged_;
  if (journal_failure_)
    result.no_room = journal_failure_;
  result.journal_bytes = journal_->unreleased_bytes();
  result.journal_disk_bytes = journal_->disk_bytes();
  result.oldest_record_at = journal_->oldest_record().value_or(timestamp{});
  if (progress_.size() > 1) {
    const std::chrono::duration<double> span = progress_.back().first - progress_.front().first;
    result.lines_per_second =
        static_cast<double>(progress_.back().second - progress_.front().second) / span.count();
  }
  return result;
}

} // namespace parseflow::actors
