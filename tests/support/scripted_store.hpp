// A store that answers as the test defines, and remembers its arguments.
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

/// The state that the test and the store share; outlives the store.
struct store_script {
  /// The next outcomes of each call; `done` when empty.
  std::deque<db::outcome> opens, writes, recalls, alert_writes;
  /// Frame ids that `write` rejects.
  std::vector<std::string> poison;
  /// Frame ids that another node has stored.
  std::vector<std::string> elsewhere;
  /// Committed frame ids, one vector per transaction.
  std::vector<std::vector<std::string>> transactions;
  std::vector<std::string> set_aside;
  /// Frame ids that this node has stored besides those in `transactions`.
  std::vector<std::string> stored;
  /// `write` fails with `retry` if its batches have more lines.
  std::uint64_t max_lines = UINT64_MAX;
  int write_calls = 0;
  /// Called at the start of `write`.
  std::function<void()> on_write = [] {};
  /// Whether writes that end in doubt are committed.
  bool commits_in_doubt = false;
  std::uint64_t log_bytes = 0;
  /// How many more times `write` throws. No store may throw, so this imitates a defect.
  int crashes = 0;
  std::vector<stored_rollup> earlier_rollups;
  /// The nodes whose rollups the last question asked for.
  db::node_filter asked_nodes;
  std::vector<alert> earlier_alerts;
  std::uint64_t unreadable_rollups = 0;
  /// Stored alerts, one vector per transaction.
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
    ++script_->write_calls;
    script_->on_write();
    if (script_->crashes > 0) {
      --script_->crashes;
      throw std::runtime_error("as the test says");
    }
    db::write_result answer{next(script_->writes), {}, {}};
    if (answer.code != db::outcome::done &&
        !(answer.code == db::outcome::in_doubt && script_->commits_in_doubt))
      return answer;
    std::uint64_t lines = 0;
    for (const auto& b : batches)
      lines += b->records.framing.lines;
    if (lines > script_->max_lines)
      return {{db::outcome::retry, "cut"}, {}, {}};
    std::vector<std::string> ids;
    for (const auto& b : batches) {
      const auto& id = b->origin->key.id;
      if (holds(script_->poison, id))
        return {{db::outcome::rejected, "poison"}, {}, {}};
      if (holds(script_->elsewhere, id))
        answer.stored_elsewhere.push_back(b);
      else if (is_stored(id))
        answer.stored_here.push_back(b);
      ids.push_back(id);
    }
    script_->transactions.push_back(std::move(ids));
    if (answer.code != db::outcome::done)
      return {{answer.code, answer.message}, {}, {}};
    return answer;
  }

  db::result set_aside(const frame& refused, std::string_view) override {
    script_->set_aside.push_back(refused.key.id);
    return {};
  }

  db::result rejected_groups(const std::function<void(db::rejected_group)>&) override { return {}; }

  db::result rejected_frames(std::int64_t, const std::function<void(db::rejected_frame)>&) override {
    return {};
  }

  db::write_result write_rejected(std::span<const batch_ptr> batches) override { return write(batches); }

  db::recall_result recall(const db::recall_question& question,
                           const db::recall_callbacks& callbacks) override {
    script_->asked_nodes = question.rollups_of;
    db::recall_result answer{next(script_->recalls), script_->unreadable_rollups};
    if (answer.code != db::outcome::done)
      return answer;
    if (callbacks.on_rollup)
      for (const auto& part : script_->earlier_rollups)
        callbacks.on_rollup(part);
    if (callbacks.on_stored)
      for (const auto& key : question.frames)
        if (is_stored(key.id))
          callbacks.on_stored(key);
    if (callbacks.on_alert)
      for (const auto& one : script_->earlier_alerts)
        callbacks.on_alert(one);
    return answer;
  }

  db::result write_alerts(std::span<const alert> changed) override {
    auto answer = next(script_->alert_writes);
    if (answer.code == db::outcome::done)
      script_->alerts.emplace_back(changed.begin(), changed.end());
    return answer;
  }

  std::uint64_t log_bytes() const override { return script_->log_bytes; }

private:
  static bool holds(const std::vector<std::string>& ids, const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  }

  bool is_stored(const std::string& id) const {
    const auto& all = script_->transactions;
    return holds(script_->stored, id) ||
           std::any_of(all.begin(), all.end(), [&](const auto& ids) { return holds(ids, id); });
  }

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
