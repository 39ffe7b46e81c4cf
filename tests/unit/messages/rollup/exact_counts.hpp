// What random traffic holds: the model that its rollups are compared with. It keeps every number and counts
// when it is asked.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/parsed_body.hpp"
#include "messages/rollup/app_timelines.hpp"
#include "messages/rollup/span_rollup.hpp"
#include "messages/time.hpp"

namespace parseflow::test {

using numbers = std::vector<std::int64_t>;
using counters = std::map<std::string, std::uint64_t>;
/// A value and when it was reported.
using timed_value = std::pair<timestamp, double>;

/// Requests of one name, or all.
struct exact_stats {
  std::uint64_t count = 0, errors = 0, failures = 0, websockets = 0;
  numbers service;
};

/// What one app sent in one minute, or in several.
struct exact_counts {
  std::uint64_t lines = 0, bytes = 0, malformed = 0, lost = 0, late = 0, early = 0;
  std::uint64_t response_bytes = 0, releases = 0, deploys = 0, starts = 0, crashes = 0;
  exact_stats requests;
  numbers connect, websockets;
  counters codes, countries, methods;
  std::map<int, std::uint64_t> statuses;
  std::map<std::string, exact_stats> endpoints, dynos;
  std::set<std::string> visitors;
  std::map<std::string, std::vector<timed_value>> dyno_memory, addons, gauges;
  std::map<std::string, std::vector<double>> sums, measures;
  std::map<std::string, std::set<std::string>> uniques;
};

using exact_minutes = std::map<minute, exact_counts>;

/// The country lookup of the traffic.
std::string_view country_of(std::string_view address);

/// Counts a record in its minute.
void add(exact_minutes& into, const request_record& r);
void add(exact_minutes& into, const log_record& line);
void add(exact_minutes& into, const sample_record& s);

void add(exact_counts& into, const exact_counts& from);

/// Prefixes the names of dynos and endpoints, so that those of several apps can be in one map.
template <class T>
void qualify(std::map<std::string, T>& names, const std::string& app) {
  std::map<std::string, T> result;
  for (auto& [name, value] : names)
    result.emplace(rollup::qualified_name(app, name), std::move(value));
  names = std::move(result);
}

/// Checks that the rollup is what was counted exactly, within the bounds that rollups promise.
void check(const rollup::span_rollup& found, const exact_counts& exact, bool has_durations = true);

} // namespace parseflow::test
