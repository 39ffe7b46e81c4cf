#include "actors/replay.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>

#include "actors/service.hpp"
#include "db/data_folder.hpp"
#include "messages/service_log.hpp"
#include "messages/settings/command_line.hpp"

namespace parseflow::actors {

namespace {

// No timeout: the operator waits for the database.
constexpr std::chrono::hours replay_timeout{24 * 365};

} // namespace

expected<> replay(config& configuration, const stop_signals& signals) {
  auto values = configuration.values();
  values.alerts = {.rules = {}, .webhook_url = {}};
  // A missing folder or database means a mistake in the settings: one that is made now would be empty.
  if (auto there = db::require_journal(values); !there)
    return there;
  if (auto there = db::require_database(values.storage); !there)
    return there;
  auto parts = open_parts(values);
  if (!parts)
    return parts.error();
  parts->sources.retention = {};
  const auto frames = parts->journal.found.frames.size();
  if (frames == 0 && parts->database.code != db::outcome::done)
    return problem{fmt::format("the journal holds no frames; the database could not be reached: {}",
                               parts->database.message)};
  caf::actor_system system{configuration};
  service boxes{system, values, *std::move(parts), stop_signals::send};
  // A signal ends the process at once: as after a kill, the journal keeps what is not stored.
  std::atomic<bool> is_over = false;
  std::thread interruption{[&] {
    signals.wait();
    if (is_over)
      return;
    const auto state = boxes.state();
    std::_Exit(fail(state ? problem{"stopped before the database had everything; the journal keeps the rest"}
                          : state.error()));
  }};
  const bool all_stored = boxes.stop(replay_timeout);
  is_over = true;
  stop_signals::send();
  interruption.join();
  if (auto state = boxes.state(); !state)
    return state;
  if (!all_stored)
    return problem{"the database does not have everything; the journal keeps the rest"};
  log(log_level::info, "replay", "the database has everything that was in the journal",
      {{"frames", std::to_string(frames)}});
  return {};
}

} // namespace parseflow::actors
