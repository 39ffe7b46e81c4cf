// A store that answers as the test says and remembers what it was given.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "db/store.hpp"

namespace parseflow::test {

/// What the test and the store share; outlives the store.
struct store_script {
  /// The next outcomes of each call; `done` when empty.
  std::deque<db::outcome> opens, writes, recalls, rollup_reads, alert_writes, alert_recalls;
  /// Frame ids that `write` rejects.
  std::vector<std::string> poison;
  /// Frame ids that another node has stored.
  std::vector<std::string> elsewhere;
  /// What was committed: frame ids, one vector per transaction.
  std::vector<std::vector<std::string>> transactions;
  std::vector<std::string> set_aside;
  /// Frame ids that `stored_among` finds.
  std::vector<std::string> stored;
  /// `write` throws so many times: a defect, since no store may throw.
  int crashes = 0;
  std::vector<frame_key> earlier_frames;
  std::vector<stored_rollup> earlier_rollups;
  /// Whose rollups were asked for the last time.
  db::node_filter asked_nodes;
  std::vector<alert> earlier_alerts;
  /// What was stored of alerts, one vector per transaction.
  std::vector<std::vector<alert>> alerts;
  int open_calls = 0;
};

class scripted_store : public db::store {
public:
  explicit scripted_store(std::shared_ptr<store_script> script) : script_(std::move(script)) {}

  std::string_view kind() const override { return "scripted"; }

  db::result open() override {
    ++script_->open_calls;
    return next(script_->opens);
  }

  db::write_result write(std::span<const batch_ptr> batches) override {
    if (script_->crashes > 0) {
      --script_->crashes;
      throw std::runtime_error("as the test says");
    }
    db::write_result answer{next(script_->writes), {}};
    if (answer.code != db::outcome::done)
      return answer;
    std::vector<std::string> ids;
    for (const auto& b : batches) {
      ids.push_back(b->origin->key.id);
      for (const auto& refused : script_->poison)
        if (ids.back() == refused)
          return {{db::outcome::rejected, "poison"}, {}};
      if (std::find(script_->elsewhere.begin(), script_->elsewhere.end(), ids.back()) !=
          script_->elsewhere.end())
        answer.stored_elsewhere.push_back(b);
    }
    script_->transactions.push_back(std::move(ids));
    return answer;
  }

  db::result set_aside(const frame& refused, std::string_view) override {
    script_->set_aside.push_back(refused.key.id);
    return {};
  }

  db::result recent_frames(timestamp, std::size_t, const std::function<void(frame_key)>& take) override {
    auto answer = next(script_->recalls);
    if (answer.code == db::outcome::done)
      for (const auto& key : script_->earlier_frames)
        take(key);
    return answer;
  }

  db::result stored_among(std::span<const frame_key> keys,
                          const std::function<void(const frame_key&)>& take) override {
    for (const auto& key : keys)
      if (std::find(script_->stored.begin(), script_->stored.end(), key.id) != script_->stored.end())
        take(key);
    return {};
  }

  db::result rollups(const db::node_filter& nodes, const std::function<void(stored_rollup)>& take) override {
    script_->asked_nodes = nodes;
    auto answer = next(script_->rollup_reads);
    if (answer.code == db::outcome::done || answer.code == db::outcome::rejected)
      for (const auto& part : script_->earlier_rollups)
        take(part);
    return answer;
  }

  db::result write_alerts(std::span<const alert> changed) override {
    auto answer = next(script_->alert_writes);
    if (answer.code == db::outcome::done)
      script_->alerts.emplace_back(changed.begin(), changed.end());
    return answer;
  }

  db::result alerts(timestamp, const std::function<void(alert)>& take) override {
    auto answer = next(script_->alert_recalls);
    if (answer.code == db::outcome::done)
      for (const auto& one : script_->earlier_alerts)
        take(one);
    return answer;
  }

private:
  static db::result next(std::deque<db::outcome>& script) {
    if (script.empty())
      return {};
    const auto code = script.front();
    script.pop_front();
    return {code, code == db::outcome::done ? "" : "as the test says"};
  }

  std::shared_ptr<store_script> script_;
};

} // namespace parseflow::test
