// Router lines of both generations of Heroku's router, for an imaginary shop.
#pragma once

#include <cstdint>
#include <string>

#include "tests/traffic/dice.hpp"
#include "tests/traffic/facts.hpp"

namespace parseflow::traffic {

/// The state of the app. Shares are shares of all requests; the defaults are those of a healthy app.
struct conditions {
  /// A factor on the time of every request.
  double slowness = 1;
  /// H12: no answer within 30 s.
  double timeouts = 0.0004;
  /// H10: no dyno is up.
  double crashed = 0;
  /// H13: a dyno closed the connection before it answered.
  double closed = 0.0002;
  /// H18: a dyno broke off in the middle of its answer.
  double broken_off = 0.0002;
  /// H24: the router itself went away; the line has no status.
  double forced_close = 0;
  /// H27: the client went away.
  double interrupted = 0.001;
  /// A 500 by the app.
  double failures = 0.0015;
};

/// Draws the next request at `at`, served by one of `web_dynos`.
request_facts draw_request(dice& roll, timestamp at, std::uint32_t web_dynos, const conditions& now);

/// The text of the router line for this request.
std::string router_text(const request_facts& request);

} // namespace parseflow::traffic
