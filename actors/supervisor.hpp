// SUPERVISOR: spawns the boxes downstream of the receiver, wires them, watches them, and replaces those
// that fail.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/box.hpp"
#include "db/registry_store.hpp"
#include "db/retention.hpp"
#include "db/store.hpp"
#include "messages/alert_poster.hpp"
#include "messages/interfaces.hpp"
#include "messages/rollup/builder.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// Called once, from any thread, with a sentence: the pipeline cannot go on, and the process should end.
using fatal_callback = std::function<void(const std::string& sentence)>;

/// Makes the parts of boxes. Called again for every replacement, so each call must return a fresh one.
struct box_sources {
  std::function<std::unique_ptr<db::store>()> store;
  /// If empty, no rows are removed.
  std::function<std::unique_ptr<db::retention>(const retention_settings&)> retention = {};
  /// If empty, there is no registrar.
  std::function<std::unique_ptr<db::registry_store>()> registry = {};
  /// May be empty; called from several threads.
  rollup::country_lookup countries;
  /// Spawns one parser; if empty, the real one. Tests put in parsers that fail.
  std::function<parser_actor(router_actor)> parser = {};
  /// Posts for the webhook. If empty, there is no webhook.
  std::function<std::shared_ptr<alert_poster>()> poster = {};
};

/// A parser that fails is replaced alone, and its successor gets the frames it had in hand. Retention and the
/// webhook are also replaced alone: retention has nothing in hand, and the alerts that waited for the webhook
/// are not posted. When another box fails, all boxes downstream of the receiver are replaced, because nobody
/// knows what was in flight between them: the new ones begin with what the database has, and the receiver
/// gives them everything else again from the journal. A failure of the receiver, a store that cannot be used,
/// and too many failures of the other boxes are fatal. Spawn cooperatively: it never blocks.
class supervisor : public box_state<supervisor_actor> {
public:
  static constexpr const char* box_name = "supervisor";

  /// More failures than this within `crash_span` are fatal.
  static constexpr std::size_t max_crashes = 10;
  static constexpr std::chrono::seconds crash_span{60};

  supervisor(self_pointer self, settings configuration, box_sources sources, receiver_actor receiver,
             fatal_callback on_fatal);

  void on_exit();

  behavior_type make_behavior();

private:
  void spawn_boxes();
  void spawn_retention();
  void take_up(const retention_settings& fresh);
  rollup::limits bounds() const;
  void fill(std::size_t place_index);
  void spawn_webhook();
  void wire_webhook();
  void down(const caf::down_msg& message);
  // A box that none of the pipeline needs has ended: it alone is replaced.
  void replace_alone(const std::string& what, const caf::error& reason, const std::function<void()>& spawn);
  void pipeline_box_down(const caf::down_msg& message);
  bool note_crash(const std::string& what, const caf::error& reason);
  void replace_all();
  void dismiss_boxes();
  void dismiss_retention();
  void dismiss_webhook();
  void quit_when_alone();
  void give_up(const std::string& sentence);

  settings configuration_;
  box_sources sources_;
  receiver_actor receiver_;
  fatal_callback on_fatal_;
  router_actor router_;
  metrics_history_actor history_;
  metrics_aggregator_actor aggregator_;
  tail_hub_actor tails_;
  judge_actor judge_;
  db_writer_actor writer_;
  retention_actor retention_;         // null if nothing is to be removed
  retention_status retention_status_; // every new writer gets it
  std::vector<parser_actor> parsers_;
  webhook_actor webhook_;                // null if nothing is posted; outlives the boxes
  std::shared_ptr<alert_poster> poster_; // shared with the webhook, to end its waits
  std::size_t alive_ = 0;                // running boxes downstream of the receiver
  std::vector<std::chrono::steady_clock::time_point> crashes_;
  bool is_replacing_ = false; // waits until every old box has ended
  bool is_stopping_ = false;
};

} // namespace parseflow::actors
