// What the stores of all databases have in common: the order of a transaction, what is cached between
// transactions, and how a failure affects both. The backends have the SQL: db/sqlite, db/postgres.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "db/alert_rows.hpp"
#include "db/failure.hpp"
#include "db/frame_rows.hpp"
#include "db/guarded_backend.hpp"
#include "db/rejected_rows.hpp"
#include "db/rollup_cache.hpp"
#include "db/row_mapping.hpp"
#include "db/store.hpp"
#include "db/stored_text.hpp"
#include "messages/rollup/rollup_form.hpp"
#include "messages/system_time.hpp"

namespace parseflow::db {

/// A transaction that stores batches. It is rolled back unless it is committed.
template <class T>
concept write_transaction = requires(T& t, const std::vector<frame_row>& rows, write_result& before,
                                     const request_row& request, const log_row& line,
                                     const sample_row& sample, const rollup_row_key& key,
                                     std::string_view data) {
  // Stores the keys of frames that are not stored yet, and returns their rows. Adds the batches of all other
  // frames to `before`.
  { t.add_frames(rows, before) } -> std::same_as<std::vector<const frame_row*>>;
  // Adds a row to its table. All rows of one table come in sequence, followed by `end_rows`.
  t.add(request);
  t.add(line);
  t.add(sample);
  t.end_rows();
  { t.read_rollup(key) } -> std::same_as<std::optional<rollup_row>>;
  // Updates the row if it still has revision `from`, or inserts it if `from` is 0. False: another session
  // changed the row first.
  { t.save_rollup(key, data, revision_change{}) } -> std::same_as<bool>;
  // Removes the frames from `rejected_frame`.
  t.forget_rejected(rows);
  t.commit();
};

/// A transaction that reads. All its answers come from the same snapshot.
template <class T>
concept read_transaction = requires(T& t, const node_filter& stored_nodes, std::span<const frame_key> keys,
                                    const std::string& stored_node, timestamp since,
                                    const rollup_taker& take_rollup,
                                    const std::function<void(const frame_key&)>& take_key,
                                    const std::function<void(alert_row)>& take_alert) {
  // In time order.
  t.read_rollups(stored_nodes, take_rollup);
  // Calls `take_key` with each of `keys` whose frame is stored.
  t.find_frames(keys, take_key);
  // Calls `take_alert` with each alert that is open or was resolved at `since` or later, in the order in
  // which they were raised.
  t.read_alerts(stored_node, since, take_alert);
};

/// What `database_store` needs from a database besides. Any call may also throw `unusable` and `stale_rollup`.
template <class T>
concept store_backend = connection_backend<T> &&
    requires(T& t, std::vector<frame_row>& rows, drain_cache& drains, const std::string& stored_node,
             const std::vector<alert_row>& alerts, const rejected_row& rejected, std::int64_t after,
             const std::function<void(rejected_group)>& take_group,
             const std::function<void(rejected_frame)>& take_frame) {
  { T::kind } -> std::convertible_to<std::string_view>;
  // Sets the drain ids of `rows` and begins a transaction that stores them. Inserts drains that are new;
  // `drains` then holds all drains of the frames.
  { t.begin_write(stored_node, rows, drains) } -> write_transaction;
  // The transaction limits the time of each of its queries itself.
  { t.begin_read() } -> read_transaction;
  t.save_alerts(stored_node, alerts);
  t.add_rejected(rejected);
  t.read_rejected_groups(take_group);
  t.read_rejected_frames(after, take_frame);
  { t.log_bytes() } -> std::same_as<std::uint64_t>;
};

/// A store that uses a `Backend`, constructed from `arguments`.
template <store_backend Backend>
class database_store final : public store {
public:
  template <class... Arguments>
  explicit database_store(std::string_view node, Arguments&&... arguments)
      : node_(stored_name(node)), backend_(std::forward<Arguments>(arguments)...) {}

  std::string_view kind() const override { return Backend::kind; }

  result open() override { return checked(backend_.open()); }

  write_result write(std::span<const batch_ptr> batches) override {
    return write_frames(batches, frames_are::fresh);
  }

  write_result write_rejected(std::span<const batch_ptr> batches) override {
    return write_frames(batches, frames_are::set_aside);
  }

  result set_aside(const frame& refused, std::string_view reason) override {
    return call([&] { backend_->add_rejected(row_of(refused, reason)); });
  }

  result rejected_groups(const std::function<void(rejected_group)>& take) override {
    return call([&] { backend_->read_rejected_groups(take); });
  }

  result rejected_frames(std::int64_t after, const std::function<void(rejected_frame)>& take) override {
    return call([&] { backend_->read_rejected_frames(after, take); });
  }

  recall_result recall(const recall_question& question, const recall_callbacks& callbacks) override {
    recall_result read;
    static_cast<result&>(read) = checked(backend_.unlimited_call([&] {
      auto transaction = backend_->begin_read();
      if (callbacks.on_rollup)
        read.unreadable_rollups = recall_rollups(transaction, question.rollups_of, callbacks.on_rollup);
      if (callbacks.on_stored)
        transaction.find_frames(question.frames, callbacks.on_stored);
      if (callbacks.on_alert)
        transaction.read_alerts(node_, storable_time(question.alerts_since),
                                [&](alert_row row) { callbacks.on_alert(alert_of(std::move(row))); });
    }));
    return read;
  }

  result write_alerts(std::span<const alert> changed) override {
    return call([&] {
      std::vector<alert_row> rows;
      for (const alert& one : changed)
        rows.push_back(row_of(one));
      backend_->save_alerts(node_, rows);
    });
  }

  std::uint64_t log_bytes() const override { return backend_->log_bytes(); }

private:
  enum class frames_are : std::uint8_t { fresh, set_aside };

  template <class Action>
  result call(Action action) {
    return checked(backend_.call(action));
  }

  // After a failure only the tables are right; the caches may not be.
  result checked(result done) {
    if (done.code != outcome::done)
      clear_caches();
    return done;
  }

  void clear_caches() {
    rollups_.clear();
    drains_.clear();
  }

  write_result write_frames(std::span<const batch_ptr> batches, frames_are now) {
    write_result written;
    static_cast<result&>(written) = call([&] {
      std::vector<frame_row> rows = frame_rows(batches);
      drains_.trim();
      try {
        write_once(rows, now, written);
      } catch (const stale_rollup&) {
        clear_caches();
        backend_->forget();
        write_once(rows, now, written);
      }
    });
    return written;
  }

  // Adds to `written` the batches that were stored before.
  void write_once(std::vector<frame_row>& rows, frames_are now, write_result& written) {
    auto transaction = backend_->begin_write(node_, rows, drains_);
    write_result before;
    const std::vector<const frame_row*> added = transaction.add_frames(rows, before);
    add_lines(transaction, added);
    add_rollups(transaction, added);
    if (now == frames_are::set_aside)
      transaction.forget_rejected(rows);
    transaction.commit();
    rollups_.commit();
    written = std::move(before);
  }

  void add_lines(write_transaction auto& transaction, const std::vector<const frame_row*>& frames) {
    for (const frame_row* frame : frames)
      for (const request_record& record : frame->source->records.requests)
        transaction.add(mapper_.map(record, frame->drain_id, frame->app));
    transaction.end_rows();
    for (const frame_row* frame : frames)
      for (const log_record& record : frame->source->records.lines)
        transaction.add(mapper_.map(record, frame->drain_id));
    transaction.end_rows();
    for (const frame_row* frame : frames)
      for (const sample_record& record : frame->source->records.samples)
        transaction.add(mapper_.map(record, frame->drain_id));
    transaction.end_rows();
  }

  void add_rollups(write_transaction auto& transaction, const std::vector<const frame_row*>& frames) {
    const auto load = [&](const rollup_key& key) -> std::optional<cached_rollup> {
      const auto row = transaction.read_rollup({key.at, key.app, node_});
      if (!row)
        return std::nullopt;
      auto data = rollup::decode(row->data);
      if (!data)
        throw unusable(fmt::format("the rollup of {} in its minute cannot be read", key.app));
      return cached_rollup{std::move(*data), row->revision};
    };
    for (const frame_row* frame : frames)
      rollups_.add(frame->app, frame->source->partial, load);
    // Retention may have merged the cached row into another one. Saving then fails, so that the row is not
    // inserted again.
    rollups_.store([&](const rollup_key& key, std::string_view data, std::int64_t revision) {
      const revision_change change = next_revision(revision, system_time());
      if (!transaction.save_rollup({key.at, key.app, node_}, data, change))
        throw stale_rollup("another process changes the rollups of this node at the same time");
      return change.to;
    });
  }

  // Returns the number of rollups that cannot be read.
  static std::uint64_t recall_rollups(read_transaction auto& transaction, const node_filter& nodes,
                                      const std::function<void(stored_rollup)>& take) {
    node_filter stored_nodes = nodes;
    for (std::string& name : stored_nodes.names)
      name = stored_name(name);
    std::uint64_t unreadable = 0;
    transaction.read_rollups(
        stored_nodes, [&](minute at, std::string_view app, std::string_view data, std::string_view node) {
          if (auto decoded = rollup::decode(data))
            take({original_name(app), at, std::move(*decoded), original_name(node)});
          else
            ++unreadable;
        });
    return unreadable;
  }

  const std::string node_;
  guarded_backend<Backend> backend_;
  rollup_cache rollups_;
  drain_cache drains_;
  row_mapper mapper_;
};

} // namespace parseflow::db
