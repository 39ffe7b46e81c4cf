// A realistic Heroku app, as its log drain sees it: bodies and, beside them, what they say.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "tests/traffic/dice.hpp"
#include "tests/traffic/dyno_lines.hpp"
#include "tests/traffic/facts.hpp"
#include "tests/traffic/router_lines.hpp"

namespace parseflow::traffic {

/// The app, and what its lines are about.
struct app_profile {
  std::uint32_t web_dynos = 4;
  std::uint32_t worker_dynos = 1;
  /// Shares of all lines; the rest is metrics of dynos and add-ons.
  double router_share = 0.80;
  double app_share = 0.15;
  /// Per line: how often something happens that writes several lines, such as a restart or a deploy.
  double event_share = 0.0005;
  /// Per body: how often Logplex says that it lost lines.
  double loss_share = 0.001;
};

/// Makes bodies. The same profile, seed and calls make the same bytes.
class generator {
public:
  generator(const app_profile& profile, std::uint64_t seed);

  /// How the app is doing from now on.
  void set_conditions(const conditions& now) { conditions_ = now; }

  /// The next body begins with a notice that so many lines were lost.
  void lose(std::uint64_t lines) { lost_ += lines; }

  /// A restart of every dyno after a deploy, in the bodies that follow.
  void deploy();

  /// A body of `count` lines (and a notice of loss, now and then), dated evenly from `from` to before `to`.
  /// Its frame id differs from those of other generators with the same seed whose bodies begin at other
  /// times.
  body next(std::size_t count, timestamp from, timestamp to);

private:
  void add_line(body& to, timestamp at);
  void add_loss(body& to, timestamp at);
  void plan_event();

  app_profile profile_;
  conditions conditions_;
  dice dice_;
  std::vector<dyno> dynos_; // web dynos first
  /// Lines that belong together and are still to be written.
  std::deque<event_line> planned_;
  std::uint64_t lost_ = 0;
  std::uint32_t release_ = 80;
  std::uint64_t sample_turn_ = 0;
};

} // namespace parseflow::traffic
