// Moves frames between requests, journal, parsers and the database's receipts, as `intake` says.
#include "actors/receiver.hpp"

#include <algorithm>

#include "messages/service_log.hpp"
#include "messages/system_time.hpp"

namespace parseflow {

namespace {

constexpr std::chrono::milliseconds tick_interval{100};
// A journal that took every frame for so long has no problem any more.
constexpr std::chrono::seconds journal_calm{1};
// The span of `receiver_status::lines_per_second`.
constexpr std::chrono::seconds rate_span{10};
// A frame that brought down this many parsers is kept raw.
constexpr int max_crashes = 2;

} // namespace

receiver::receiver(caf::actor_config& config, receiver_settings settings, db::journal::opened opened)
    : super(config), journal_(std::move(opened.value)), frames_(settings) {
  frames_.recover(opened.found);
}

receiver::behavior_type receiver::make_behavior() {
  delayed_send(this, tick_interval, caf::tick_atom_v);
  return {
      [this](submission& arrival) {
        frames_.submit(std::move(arrival), clock().now());
        commit_soon();
      },
      [this](const frame_ptr& arrival) -> caf::result<verdict> {
        // Who handed it on has other nodes to try, and holds its request itself if none has room.
        if (!has_room() && !frames_.knows(arrival->key))
          return verdict::overloaded;
        auto answer = make_response_promise<verdict>();
        frames_.submit({arrival, verdict_slot{[answer](verdict given) mutable { answer.deliver(given); }}},
                       clock().now());
        commit_soon();
        return answer;
      },
      [this](caf::flush_atom) { commit(); },
      [this](unstored_atom) { return unstored_frames{frames_.unreconciled()}; },
      [this](const reconciled_frames& known) {
        for (const auto& bytes : frames_.reconcile(known.keys))
          release(bytes);
        pump();
      },
      [this](const committed_frames& durable) {
        for (const auto sequence : durable.sequences)
          if (const auto bytes = frames_.stored(sequence))
            release(*bytes);
        pump();
      },
      [this](attach_atom, std::uint32_t place_index, const parser_actor& parser) {
        attach(place_index, parser);
        pump();
      },
      [this](reset_atom) { reset(); },
      [this](status_atom) { return status(); },
      [this](drain_atom) -> caf::result<bool> {
        frames_.close();
        if (frames_.idle())
          return true;
        drained_ = make_response_promise<bool>();
        return drained_;
      },
      [this](caf::tick_atom) { tick(); },
  };
}

void receiver::on_exit() {
  frames_.close();
  frames_.dismiss_waiting(); // a promise to another node keeps this actor alive
  pool_.clear();
  drained_ = {};
  journal_.reset();
}

// No timer: the message lands behind all requests that wait already, and they share the commit.
void receiver::commit_soon() {
  if (commit_is_due_ || frames_.all_durable())
    return;
  commit_is_due_ = true;
  send(this, caf::flush_atom_v);
}

void receiver::commit() {
  commit_is_due_ = false;
  for (auto& next : frames_.group()) {
    const auto at = journal_->append(std::move(next.content));
    if (!at) { // this one and those behind it wait
      if (const auto room = journal_->make_room(system_time()); room.code != db::outcome::done)
        journal_failed(room.message);
      break;
    }
    frames_.grouped(next.sequence, *at);
  }
  const auto written = journal_->commit();
  if (written.code == db::outcome::done) {
    frames_.group_durable(clock().now());
  } else {
    frames_.group_failed();
    journal_failed(written.message);
  }
  pump();
}

void receiver::pump() {
  if (std::any_of(pool_.begin(), pool_.end(), [](const place& p) { return p.alive; })) {
    for (auto& next : frames_.dispatch()) {
      if (!next.content)
        next.content = journal_->read(next.at).content;
      if (!next.content) {
        log(log_level::error, name(), "the journal lost a frame: its bytes are damaged or cannot be read");
        if (const auto bytes = frames_.lost(next.sequence))
          release(*bytes);
        continue;
      }
      // The least loaded parser, so that one large frame does not delay those behind it.
      std::size_t best = pool_.size();
      for (std::size_t i = 0; i < pool_.size(); ++i)
        if (pool_[i].alive && (best == pool_.size() || pool_[i].bytes < pool_[best].bytes))
          best = i;
      hand_out({next.sequence, std::move(next.content), next.way, false}, best);
    }
  }
  if (drained_.pending() && frames_.idle())
    drained_.deliver(true);
}

void receiver::hand_out(const parse_job& job, std::size_t place_index) {
  auto& target = pool_[place_index];
  target.bytes += job.content->body.size();
  request(target.parser, parser_timeout, job)
      .then(
          [this, job, place_index, epoch = epoch_](const parse_receipt& receipt) {
            if (epoch == epoch_)
              on_receipt(job, place_index, receipt);
          },
          [this, job, place_index, epoch = epoch_](const caf::error& problem) {
            if (epoch != epoch_)
              return;
            if (problem == caf::sec::request_timeout)
              quit(make_error(ec::box_hangs, "a parser did not finish a frame within a minute"));
            else
              on_crash(job, place_index, problem == caf::sec::runtime_error);
          });
}

void receiver::on_receipt(const parse_job& job, std::size_t place_index, const parse_receipt& receipt) {
  pool_[place_index].bytes -= job.content->body.size();
  if (job.way != route::database_only)
    lines_ += receipt.lines;
  if (job.keep_raw)
    ++salvaged_;
  if (!crashes_.empty())
    crashes_.erase(job.sequence);
  frames_.parsed(job.sequence, receipt.record_bytes);
  pump();
}

// The parser died. `was_the_one`: while it worked on this very frame; others were only queued behind it.
void receiver::on_crash(parse_job job, std::size_t place_index, bool was_the_one) {
  auto& vacant = pool_[place_index];
  vacant.alive = false;
  vacant.bytes -= job.content->body.size();
  if (was_the_one && ++crashes_[job.sequence] >= max_crashes) {
    log(log_level::error, name(), "a frame brought parsers down; it is kept as one malformed line",
        {{"drain", job.content->key.drain}, {"frame_id", job.content->key.id}});
    job.keep_raw = true;
  }
  vacant.orphans.push_back(std::move(job));
}

void receiver::attach(std::uint32_t place_index, parser_actor parser) {
  if (place_index >= pool_.size())
    pool_.resize(place_index + 1);
  auto& seat = pool_[place_index];
  seat.parser = std::move(parser);
  seat.alive = true;
  for (const auto& job : std::exchange(seat.orphans, {}))
    hand_out(job, place_index);
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
  return journal_problem_.empty() && frames_.has_room();
}

void receiver::journal_failed(const std::string& problem) {
  journal_failed_at_ = clock().now();
  if (std::exchange(journal_problem_, problem).empty())
    log(log_level::error, name(), "the journal takes no frames; requests wait and it is tried again",
        {{"problem", problem}});
}

// While frames come and go at the limit the problem is not over.
void receiver::watch_journal(intake::time now) {
  if (journal_problem_.empty())
    return;
  // Who asks whether the service is ready may send nothing until it is.
  if (frames_.all_durable())
    if (const auto room = journal_->make_room(system_time()); room.code != db::outcome::done)
      journal_failed(room.message);
  if (now - journal_failed_at_ < journal_calm)
    return;
  log(log_level::info, name(), "the journal takes frames again");
  journal_problem_.clear();
}

void receiver::tick() {
  const auto now = clock().now();
  frames_.expire(now);
  commit_soon(); // what found no room may have it now
  watch_journal(now);
  progress_.emplace_back(now, lines_);
  while (now - progress_.front().first > rate_span)
    progress_.pop_front();
  pump();
  delayed_send(this, tick_interval, caf::tick_atom_v);
}

receiver_status receiver::status() const {
  receiver_status result;
  frames_.describe(result, system_time());
  result.lines = lines_;
  result.salvaged = salvaged_;
  if (!journal_problem_.empty())
    result.journal_problem = journal_problem_;
  result.journal_bytes = journal_->unreleased_bytes();
  result.journal_disk_bytes = journal_->disk_bytes();
  if (progress_.size() > 1) {
    const std::chrono::duration<double> span = progress_.back().first - progress_.front().first;
    result.lines_per_second =
        static_cast<double>(progress_.back().second - progress_.front().second) / span.count();
  }
  return result;
}

} // namespace parseflow
