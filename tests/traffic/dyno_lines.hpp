// Heroku's lines about dynos: state changes, restarts, memory errors and runtime metrics.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "tests/traffic/dice.hpp"
#include "tests/traffic/facts.hpp"

namespace parseflow::traffic {

/// A dyno and the current values of its metrics.
struct dyno {
  /// `web.1`.
  std::string name;
  /// `heroku.190283746.` and a UUID; changes with every start.
  std::string instance;
  double load = 0.4;
  double memory_mb = 300;
  std::uint64_t pages_in = 100'000;
  std::uint64_t pages_out = 50'000;
};

/// A dyno that has just started.
dyno make_dyno(std::string name, dice& roll);

/// A line whose time is not chosen yet.
struct event_line {
  /// `heroku` or `app`.
  std::string source;
  std::string proc;
  std::string kind;
  std::string severity;
  std::string text;
};

/// One of the two lines that Heroku writes every 20 s about a dyno: its load, or its memory if `is_memory`.
event_line runtime_metrics(dyno& of, bool is_memory, dice& roll);

/// Appends the lines of a restart; `of` is a new dyno afterwards.
void plan_restart(dyno& of, dice& roll, std::deque<event_line>& to);

/// Appends the lines of a crash and the start after it.
void plan_crash(dyno& of, dice& roll, std::deque<event_line>& to);

/// Appends the error line of a dyno that uses more memory than it has.
void plan_memory_error(dyno& of, dice& roll, std::deque<event_line>& to);

/// Appends the lines of a build, its release, and the restart of all dynos.
void plan_deploy(std::vector<dyno>& all, std::uint32_t release, dice& roll, std::deque<event_line>& to);

} // namespace parseflow::traffic
