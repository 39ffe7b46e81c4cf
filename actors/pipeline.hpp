// PIPELINE: spawns the boxes, wires them, watches them, and stops them in the order of the flow.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "db/country_database.hpp"
#include "db/store.hpp"
#include "messages/interfaces.hpp"
#include "messages/settings.hpp"

namespace parseflow {

/// Told once, from any thread, with a sentence: the pipeline cannot go on and the process should end.
using fatal_callback = std::function<void(const std::string& sentence)>;

/// SUPERVISOR: watches the boxes. A parser that fails is replaced, and the receiver gives its frames to the
/// new one. The failure of any other box, or of parsers again and again, is fatal: nothing acknowledged is
/// lost by ending the process, since requests are acknowledged only when the database has their lines.
class supervisor : public supervisor_actor::base {
public:
  using super = supervisor_actor::base;

  /// This many parser failures within `crash_span` are one too many.
  static constexpr std::size_t max_crashes = 10;
  static constexpr std::chrono::seconds crash_span{60};

  supervisor(caf::actor_config& config, std::function<parser_actor()> spawn_parser, std::size_t parsers,
             receiver_actor receiver, std::vector<caf::strong_actor_ptr> others, fatal_callback on_fatal);

  const char* name() const override { return "supervisor"; }
  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  void down(const caf::down_msg& message);
  void fill(std::size_t place_index);
  void stop_boxes();

  std::function<parser_actor()> spawn_parser_;
  std::vector<parser_actor> parsers_;
  receiver_actor receiver_;
  std::vector<caf::strong_actor_ptr> others_; // in the order of the flow, behind the parsers
  fatal_callback on_fatal_;
  std::vector<std::chrono::steady_clock::time_point> crashes_;
  bool stopping_ = false;
};

/// The running pipeline. Stops it on destruction at the latest.
class pipeline {
public:
  /// Spawns everything. `store` may be closed still; `countries` may be null.
  pipeline(caf::actor_system& system, const settings& configuration, std::unique_ptr<db::store> store,
           std::shared_ptr<const db::country_database> countries, fatal_callback on_fatal);
  ~pipeline();
  pipeline(const pipeline&) = delete;
  pipeline& operator=(const pipeline&) = delete;

  /// The boxes that the HTTP side talks to.
  const pipeline_handles& handles() const { return handles_; }

  /// Takes nothing more in, waits up to `patience` until everything is stored, then stops the boxes. Blocks.
  /// True if nothing was left unstored. Only the first call does anything.
  bool stop(std::chrono::milliseconds patience);

private:
  caf::actor_system& system_;
  pipeline_handles handles_;
  supervisor_actor supervisor_;
};

} // namespace parseflow
