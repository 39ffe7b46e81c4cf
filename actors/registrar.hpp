// REGISTRAR: follows the registry of drains and keys, and makes the changes that the API asks for.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "actors/box.hpp"
#include "actors/drain_changes.hpp"
#include "actors/key_changes.hpp"
#include "db/registry_store.hpp"
#include "messages/interfaces.hpp"

namespace parseflow::actors {

/// Spawn detached: it blocks on the database. It looks there every `look_interval`, or soon after it was asked
/// to. The last copy that it read is in the data folder, and counts until the database can be read.
class registrar : public box_state<registrar_actor> {
public:
  static constexpr const char* box_name = "registrar";

  static constexpr std::chrono::seconds look_interval{2};
  /// The shortest time between two looks, however often they are asked for.
  static constexpr std::chrono::milliseconds shortest_interval{250};
  /// How often times of last use are stored, at most. New tokens are stored with the next look.
  static constexpr std::chrono::minutes store_interval{1};
  /// The most uses that wait for the database, of passwords, tokens and keys each.
  static constexpr std::size_t max_pending = 10'000;

  /// @param folder The data folder, for the copy.
  /// @param environment The drains of PARSEFLOW_DRAINS, for reports.
  registrar(self_pointer self, std::unique_ptr<db::registry_store> store, std::string folder,
            std::vector<environment_drain> environment);

  behavior_type make_behavior();

private:
  using clock = caf::actor_clock::clock_type;

  bool open();
  void look();
  void look_soon();
  void take(registry_copy fresh, clock::time_point began);
  void publish();
  void note(registry_uses uses);
  void store_uses();
  bool has_new_token() const;
  caf::error settle(const change_outcome& change);
  caf::expected<issued_password> issued(drain_change change);
  caf::expected<registered_drain> changed(drain_change change);
  caf::expected<drain_reports_ptr> report();
  caf::expected<issued_key> issued(key_change change);
  caf::expected<registered_key> changed(key_change change);
  caf::expected<key_list> keys();
  caf::expected<bool> sign_out();

  std::unique_ptr<db::registry_store> store_;
  std::string folder_;
  std::vector<environment_drain> environment_;
  std::vector<registry_listener_actor> listeners_;
  registry_copy_ptr copy_; // null until one was read
  clock::time_point as_of_{};
  clock::time_point last_look_{};
  clock::time_point last_store_{};
  registry_uses uses_; // not stored yet
  bool is_look_due_ = false;
  bool has_saving_failed_ = false;
};

} // namespace parseflow::actors
