// The DB writer's questions to the database and the receiver: at the start, which frames of earlier runs are
// stored; after an outage, whether the database still has everything that it committed.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "actors/db_writer.hpp"
#include "messages/answer_timeouts.hpp"
#include "messages/service_log.hpp"
#include "messages/system_time.hpp"

namespace parseflow::actors {

namespace {

// Resolved alerts of this last span are shown after a restart.
constexpr std::chrono::hours recent_alerts{1};

} // namespace

void db_writer::ask_for_unstored() {
  is_asking_ = true;
  self_->request(receiver_, answer_timeouts::busy_box, unstored_atom_v, std::uint64_t{unstored_.size()})
      .then(
          [this](unstored_frames& part) {
            is_asking_ = false;
            std::move(part.keys.begin(), part.keys.end(), std::back_inserter(unstored_));
            if (part.is_last)
              reconcile();
            else
              ask_for_unstored();
          },
          [this](const caf::error&) {
            self_->quit(make_error(ec::box_hangs, "the receiver does not say which frames are not stored"));
          });
}

void db_writer::reconcile() {
  is_reconciled_ = recall();
  unstored_.clear();
  if (!is_reconciled_)
    return;
  recover();
  report_status();
  if (!pending_.empty() || !pending_alerts_.empty())
    work();
}

// The aggregator begins with the counts of the database, and the receiver parses again the frames that the
// database lacks. Both are read from one state of the database, since a commit of a killed run may land at
// any time. False if the database failed; the next attempt is scheduled then.
bool db_writer::recall() {
  const auto now = system_time();
  restored_counts counted{std::make_shared<rollup::app_timelines>()};
  restored_alerts earlier;
  std::vector<bool> is_stored(unstored_.size());
  report_status(now);
  const auto found = store_->recall(
      {.rollups_of = restored_, .frames = unstored_, .alerts_since = now - recent_alerts},
      {.on_rollup =
           [&](const stored_rollup& part) { counted.counts->restore(part.app, part.at, part.data, now); },
       .on_stored =
           [&](const frame_key& key) { is_stored[static_cast<std::size_t>(&key - unstored_.data())] = true; },
       .on_alert = [&](alert one) { earlier.alerts.push_back(std::move(one)); }});
  if (found.code != db::outcome::done) {
    back_off(found);
    return false;
  }
  if (found.unreadable_rollups > 0)
    log(log_level::error, box_name, "some minutes of earlier runs are missing in the metrics",
        {{"problem", fmt::format("{} rows of the table rollup cannot be read", found.unreadable_rollups)}});
  counted.counts->age(minute_of(now));
  tried_.clear();
  std::vector<frame_key> stored;
  for (std::size_t i = 0; i < unstored_.size(); ++i) {
    if (is_stored[i])
      stored.push_back(std::move(unstored_[i]));
    else
      tried_.insert(digest_of(unstored_[i]));
  }
  log(log_level::info, box_name, "reconciled with the database",
      {{"journal_frames", std::to_string(unstored_.size())},
       {"stored_frames", std::to_string(stored.size())}});
  self_->send(aggregator_, std::move(counted));
  self_->send(judge_, std::move(earlier));
  report_stored(std::move(stored));
  return true;
}

// In parts of `max_keys`, so that no message grows too large.
void db_writer::report_stored(std::vector<frame_key> stored) {
  auto next = stored.begin();
  do {
    const auto end = next + std::min<std::ptrdiff_t>(max_keys, stored.end() - next);
    self_->send(receiver_,
                reconciled_frames{{std::move_iterator{next}, std::move_iterator{end}}, end == stored.end()});
    next = end;
  } while (next != stored.end());
}

// After the database was away: commits survive in their order, so a database that has the last frame has all
// of them. It may lack that frame if a lagging server took over, or if it was set back. False if the database
// failed; the next attempt is scheduled then.
bool db_writer::find_last_stored() {
  if (!last_stored_ || is_set_back_)
    return true;
  bool is_there = false;
  const auto found = store_->recall({.frames = {&*last_stored_, 1}},
                                    {.on_stored = [&](const frame_key&) { is_there = true; }});
  if (found.code != db::outcome::done) {
    back_off(found);
    return false;
  }
  is_set_back_ = !is_there;
  if (is_set_back_)
    log(log_level::warn, box_name,
        "the database lacks the last frame that it had taken: another server took over, or it was set back; "
        "what the journal still keeps is compared with it",
        {{"kind", status_.kind}, {"drain", last_stored_->drain}, {"frame_id", last_stored_->id}});
  return true;
}

void db_writer::ask_for_kept(std::uint64_t listed) {
  is_asking_ = true;
  self_->request(receiver_, answer_timeouts::busy_box, kept_atom_v, listed)
      .then(
          [this, listed](const kept_frames& part) {
            is_asking_ = false;
            compare(part, listed);
          },
          [this](const caf::error&) {
            self_->quit(make_error(ec::box_hangs, "the receiver does not say which frames it keeps"));
          });
}

// Missing frames are stored again, which also adds them to the database's rollups. The metrics in memory have
// them already.
void db_writer::compare(const kept_frames& part, std::uint64_t listed) {
  std::vector<bool> is_stored(part.keys.size());
  const auto found = store_->recall({.frames = part.keys}, {.on_stored = [&](const frame_key& key) {
                                      is_stored[static_cast<std::size_t>(&key - part.keys.data())] = true;
                                    }});
  if (found.code != db::outcome::done)
    return back_off(found);
  missing_frames missing;
  for (std::size_t i = 0; i < part.keys.size(); ++i) {
    if (is_stored[i])
      continue;
    missing.keys.push_back(part.keys[i]);
    tried_.insert(digest_of(part.keys[i])); // another server may still have them
  }
  missing_ += missing.keys.size();
  if (!missing.keys.empty())
    self_->send(receiver_, std::move(missing));
  if (!part.is_last)
    return ask_for_kept(listed + part.keys.size());
  log(missing_ > 0 ? log_level::warn : log_level::error, box_name,
      missing_ > 0 ? "the database lacks frames that it had taken; they are stored again"
                   : "the journal keeps none of the frames that the database lacks: they are lost",
      {{"frames", std::to_string(missing_)}});
  missing_ = 0;
  is_set_back_ = false;
  last_stored_.reset();
  recover();
  report_status();
  work();
}

} // namespace parseflow::actors
