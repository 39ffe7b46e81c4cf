// SUPERVISOR: spawns the boxes behind the receiver, wires them, watches them, and replaces those that fail.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/box.hpp"
#include "db/retention.hpp"
#include "db/store.hpp"
#include "messages/interfaces.hpp"
#include "messages/rollup/builder.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow {

/// Told once, from any thread, with a sentence: the pipeline cannot go on and the process should end.
using fatal_callback = std::function<void(const std::string& sentence)>;

/// What boxes are made of. Called again for every replacement, so each call gives a fresh one.
struct box_sources {
  std::function<std::unique_ptr<db::store>()> store;
  /// Empty: nothing is removed.
  std::function<std::unique_ptr<db::retention>()> retention = {};
  /// May be empty; its calls come from several threads.
  rollup::country_lookup countries;
  /// Of what the parsers count.
  rollup::limits bounds = {};
  /// Spawns one parser; empty: the real one. Tests put in parsers that fail.
  std::function<parser_actor(router_actor)> parser = {};
  /// Posts for the webhook: see `webhook::poster`; empty: to its URL. Tests put in one that fails.
  std::function<std::string(const std::string& body)> post = {};
};

class webhook_client;

/// A parser that fails is replaced alone: its successor gets what it had in hand. So are retention, which has
/// nothing in hand, and the webhook: what waited for it is not posted. When another box fails, all
/// boxes behind the receiver are replaced, since what is in flight between them is known to none: the new
/// ones begin with what the database has, and the receiver gives them everything else again from the journal.
/// A failure of the receiver, or of the others again and again, is fatal. Spawn cooperatively: it never
/// blocks.
class supervisor : public box_state<supervisor_actor> {
public:
  static constexpr const char* box_name = "supervisor";

  /// This many failures within `crash_span` are one too many.
  static constexpr std::size_t max_crashes = 10;
  static constexpr std::chrono::seconds crash_span{60};

  supervisor(self_pointer self, settings configuration, box_sources sources, receiver_actor receiver,
             fatal_callback on_fatal);

  void on_exit();

  behavior_type make_behavior();

private:
  void spawn_boxes();
  void spawn_retention();
  void fill(std::size_t place_index);
  void spawn_webhook();
  void attach_webhook();
  void down(const caf::down_msg& message);
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
  judge_actor judge_;
  db_writer_actor writer_;
  retention_actor retention_;         // null if there is none
  retention_status retention_status_; // every writer is told
  std::vector<parser_actor> parsers_;
  webhook_actor webhook_;                          // nothing without a URL; outlives the boxes
  std::shared_ptr<webhook_client> webhook_client_; // the webhook's, to end its waits
  std::size_t alive_ = 0;                          // boxes behind the receiver
  std::vector<std::chrono::steady_clock::time_point> crashes_;
  bool is_replacing_ = false; // waits until no old box lives
  bool is_stopping_ = false;
};

} // namespace parseflow
