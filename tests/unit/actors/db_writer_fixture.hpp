// The DB writer with a scripted store and stubs of the boxes around it, in virtual time.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/db_writer.hpp"
#include "tests/support/scripted_store.hpp"
#include "tests/support/still_system.hpp"
#include "tests/unit/actors/samples.hpp"
#include "tests/unit/actors/stub_aggregator.hpp"
#include "tests/unit/actors/stub_judge.hpp"

namespace parseflow::test {

/// What the boxes around the writer received, and what the receiver answers.
struct receiver_log {
  std::vector<std::uint64_t> committed;
  std::vector<frame_key> unstored;
  std::vector<frame_key> kept;
  std::vector<frame_key> frames;
  std::vector<std::string> missing;
  bool complete = false;
  std::uint64_t restored_lines = 0;
  std::vector<alert> alerts;
  bool counts_came_first = false; // they are there for the question of a judge that has its alerts
  std::vector<writer_status> statuses;
  std::vector<std::string> elsewhere; // frame ids to subtract
};

class writers_receiver : public receiver_actor::base {
public:
  writers_receiver(caf::actor_config& config, std::shared_ptr<receiver_log> received)
      : receiver_actor::base(config), received_(std::move(received)) {}

protected:
  behavior_type make_behavior() override {
    return {
        [](const submissions&) {},
        [](const frame_ptr&) { return verdict::stored; },
        [](caf::flush_atom) {},
        [this](unstored_atom, std::uint64_t from) {
          return part_of<unstored_frames>(received_->unstored, from);
        },
        [this](const reconciled_frames& known) {
          received_->frames.insert(received_->frames.end(), known.keys.begin(), known.keys.end());
          received_->complete = known.is_last;
        },
        [this](kept_atom, std::uint64_t from) { return part_of<kept_frames>(received_->kept, from); },
        [this](const missing_frames& missing) {
          for (const auto& key : missing.keys)
            received_->missing.push_back(key.id);
        },
        [this](const committed_frames& durable) {
          received_->committed.insert(received_->committed.end(), durable.sequences.begin(),
                                      durable.sequences.end());
        },
        [](dispatch_atom) {},
        [](join_pool_atom, std::uint32_t, const parser_actor&) {},
        [](reset_atom) {},
        [](status_atom) { return receiver_status{}; },
        [](settle_atom) { return true; },
        [](caf::tick_atom) {},
    };
  }

private:
  // Returns one key at a time, so that parts must be put together.
  template <class Part>
  static Part part_of(const std::vector<frame_key>& all, std::uint64_t from) {
    if (all.empty())
      return {};
    return {{all.at(from)}, from + 1 == all.size()};
  }

  std::shared_ptr<receiver_log> received_;
};

inline aggregator_callbacks callbacks_of(const std::shared_ptr<receiver_log>& heard) {
  return {
      .on_counts =
          [heard](const restored_counts& earlier) { heard->restored_lines += earlier.counts->all("").lines; },
      .on_elsewhere =
          [heard](const stored_elsewhere& theirs) {
            for (const auto& batch : theirs.batches)
              heard->elsewhere.push_back(batch->origin->key.id);
          },
      .on_watch = [heard] { heard->counts_came_first = heard->restored_lines > 0; }};
}

inline judge_callbacks judge_callbacks_of(const std::shared_ptr<receiver_log>& heard,
                                          const metrics_aggregator_actor& aggregator) {
  return {.on_alerts =
              [heard, aggregator](const restored_alerts& earlier) {
                heard->alerts = earlier.alerts;
                caf::anon_send(aggregator, watch_query{});
              },
          .on_writer = [heard](const writer_status& status) { heard->statuses.push_back(status); },
          .on_webhook = {},
          .on_posted = {}};
}

struct db_writer_fixture : still_system {
  actors::db_writer_settings settings{storage_settings{}.batch_lines, storage_settings{}.batch_interval};
  std::shared_ptr<store_script> script = std::make_shared<store_script>();
  std::shared_ptr<receiver_log> heard = std::make_shared<receiver_log>();
  receiver_actor receiver = system.spawn<writers_receiver>(heard);
  metrics_aggregator_actor aggregator = system.spawn<stub_aggregator>(callbacks_of(heard));
  judge_actor judge = system.spawn<stub_judge>(judge_callbacks_of(heard, aggregator));
  db_writer_actor box;

  void start() {
    box = system.spawn<actors::boxed<actors::db_writer>>(std::make_unique<scripted_store>(script), settings,
                                                         receiver, aggregator, judge);
    run();
  }
  ~db_writer_fixture() { stop(box, receiver, aggregator, judge); }

  void take(std::uint64_t sequence, const std::string& id, std::uint32_t lines = 1) {
    caf::anon_send(box, batch_group{{some_batch(sequence, id, lines)}});
    run();
  }

  void take(const alert& next) {
    caf::anon_send(box, next);
    run();
  }

  // What the judge would show now.
  const writer_status& status() const { return heard->statuses.back(); }
};

inline alert some_alert(const std::string& type) {
  alert result;
  result.type = type;
  result.app = "shop";
  return result;
}

} // namespace parseflow::test
