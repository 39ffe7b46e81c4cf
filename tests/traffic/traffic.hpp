// A realistic Heroku app, as its log drain sees it: bodies, and beside each its content as facts.
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

/// The app, and the shares of its kinds of lines.
struct app_profile {
  std::uint32_t web_dynos = 4;
  std::uint32_t worker_dynos = 1;
  /// Shares of all lines; the remaining lines are metrics of dynos and add-ons.
  double router_share = 0.80;
  double app_share = 0.15;
  /// The probability per line of an event that writes several lines, such as a restart or a deploy.
  double event_share = 0.0005;
  /// The probability per body that Logplex reports lost lines.
  double loss_share = 0.001;
};

/// Makes bodies. The same profile, seed and calls make the same bytes.
class generator {
public:
  generator(const app_profile& profile, std::uint64_t seed);

  /// Sets the state of the app from now on.
  void set_conditions(const conditions& now) { conditions_ = now; }

  /// The next body begins with a notice that this many lines were lost.
  void lose(std::uint64_t lines) { lost_ += lines; }

  /// Adds a deploy with a restart of every dyno to the bodies that follow.
  void deploy();

  /// A body of `count` lines, with times spread evenly over [`from`, `to`), and now and then a notice of
  /// lost lines. Its frame id differs from those of generators with the same seed, if their bodies begin at
  /// other times.
  body next(std::size_t count, timestamp from, timestamp to);

private:
  void add_line(body& to, timestamp at);
  void add_loss(body& to, timestamp at);
  void plan_event();

  app_profile profile_;
  conditions conditions_;
  dice dice_;
  std::vector<dyno> dynos_; // web dynos first
  /// Lines of events that are still to be written, in order.
  std::deque<event_line> planned_;
  std::uint64_t lost_ = 0;
  std::uint32_t release_ = 80;
  std::uint64_t sample_turn_ = 0;
};

} // namespace parseflow::traffic
