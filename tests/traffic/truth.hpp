// What a perfect receiver must count in generated bodies. Shares no code with ours.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/traffic/facts.hpp"

namespace parseflow::traffic {

/// Counts of the requests to one endpoint or dyno, or of all.
struct request_counts {
  std::uint64_t count = 0;
  /// With a status of 400 or above, without a status, or with `at=error`.
  std::uint64_t errors = 0;
  /// With a status of 5xx or with `at=error`.
  std::uint64_t failures = 0;
  /// Every `service` value, in no particular order; those of WebSockets (status 101) are kept apart.
  std::vector<std::int64_t> service_ms, websocket_ms;
};

/// Sums over bodies; every map has an entry only for what occurred.
struct truth {
  request_counts requests;
  /// By status; `unknown` stands for lines without one.
  std::map<std::int64_t, std::uint64_t> by_status;
  std::map<std::string, std::uint64_t> by_method;
  /// H codes of requests, R codes of dynos, L codes of the logging system.
  std::map<std::string, std::uint64_t> by_code;
  std::map<std::string, request_counts> by_endpoint;
  std::map<std::string, request_counts> by_dyno;
  /// Lines of all kinds; a router line's kind is `request`.
  std::map<std::string, std::uint64_t> by_kind;
  std::uint64_t lines = 0;
  /// The size of the bodies, framing included.
  std::uint64_t bytes = 0;
  /// Lines that L10 notices report as lost.
  std::uint64_t lost = 0;

  /// Adds one body.
  void add(const body& counted);

  /// Requests whose status begins with `digit`.
  std::uint64_t status_class(std::int64_t digit) const;
  /// Requests whose `service` is above `ms`.
  std::uint64_t slower_than(std::int64_t ms) const;
};

/// The nearest-rank quantile: the smallest value that at least `q` of all do not exceed. 0 without values.
std::int64_t quantile(std::vector<std::int64_t> values, double q);

/// The mean; 0 without values.
double mean(const std::vector<std::int64_t>& values);

} // namespace parseflow::traffic
