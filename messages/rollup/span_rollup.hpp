// Everything that is counted in any span of time, as one mergeable value. What only a minute has is in
// minute_rollup.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "messages/rollup/custom_stats.hpp"
#include "messages/rollup/distinct_counter.hpp"
#include "messages/rollup/heavy_hitters.hpp"
#include "messages/rollup/histogram.hpp"
#include "messages/rollup/limits.hpp"
#include "messages/rollup/platform_stats.hpp"
#include "messages/rollup/request_stats.hpp"
#include "messages/time.hpp"

namespace parseflow::rollup {

/// Request methods that are counted apart; all others count as `other`. Those after `other` were added later,
/// at the end, because the compact form keeps this order.
enum class method : std::uint8_t { get, post, put, del, other, head, patch, options };
inline constexpr std::size_t method_count = 8;
/// In the order of `method`.
inline constexpr std::array<std::string_view, method_count> method_names{"GET",   "POST", "PUT",   "DELETE",
                                                                         "other", "HEAD", "PATCH", "OPTIONS"};

/// A line whose timestamp is at least this far from its receipt is counted as late or early. Logplex retries
/// within seconds; a larger difference means that an outage held the line back, or that a clock is wrong.
inline constexpr std::chrono::minutes late_after{5};

/// Counters and sketches of a span of time: a minute, or any sum of minutes. While names stay within
/// `limits`, merging is associative and commutative, and equal to counting everything into one value; beyond,
/// this still holds for everything except the attribution to names.
struct span_rollup {
  /// Router lines, whatever their status.
  std::uint64_t requests = 0;
  /// Requests that `is_error` calls errors.
  std::uint64_t errors = 0;
  /// Requests that `is_failure` calls failed; in rollups up to version 3 those with a status of 5xx.
  std::uint64_t failures = 0;
  /// By the first digit of the status; index 0 holds requests without a usable status.
  std::array<std::uint64_t, 6> by_status_class{};
  /// By the status itself, if it is usable: 100 to 599.
  std::map<std::uint16_t, std::uint64_t> by_status;
  std::array<std::uint64_t, method_count> by_method{};
  /// `service` in milliseconds, without WebSockets and without requests whose `service` is unknown.
  histogram service;
  /// `connect` in milliseconds, without WebSockets and without requests whose `connect` is unknown.
  histogram connect;
  /// How long WebSockets were open, in milliseconds. Rollups up to version 3 have these in `service`.
  histogram websockets;
  /// Bytes sent to clients, where known.
  std::uint64_t response_bytes = 0;
  /// `H12` → requests, `R14` and `L10` → lines. Open-ended; bounded by `limits::error_codes`.
  std::map<std::string, std::uint64_t, std::less<>> error_codes;
  /// Two-letter country → requests. Empty without a country database.
  std::map<std::string, std::uint64_t, std::less<>> countries;
  /// The first address of each `fwd`: the client, unless it was forged.
  distinct_counter visitors;
  /// Normalised path → its requests.
  heavy_hitters<request_stats> endpoints;
  /// `web.1` → its requests. Requests that reached no dyno are not in it.
  std::map<std::string, request_stats, std::less<>> dynos;

  /// Lines taken in, of any kind.
  std::uint64_t lines = 0;
  /// Bytes of the bodies that these lines came in, including framing: the text of these lines, and their even
  /// share of everything else in the body.
  std::uint64_t bytes = 0;
  /// Malformed lines among `lines`.
  std::uint64_t malformed = 0;
  /// Bodies whose announced count was not the number of lines found.
  std::uint64_t count_mismatches = 0;
  /// Lines that are older than `late_after` on receipt, and lines that are as far ahead. Such a line counts
  /// in the minute of its own timestamp, but is counted as late or early in the minute of its receipt.
  std::uint64_t late = 0, early = 0;
  /// Numbers in lines that did not become samples: see `framing_report`.
  std::uint64_t samples_left_out = 0;
  platform_stats platform;
  custom_stats custom;

  bool operator==(const span_rollup&) const = default;
};

/// How much of a rollup goes into a sum: everything, or everything but `endpoints` and `dynos`, which take
/// most of the memory and time.
enum class extent : std::uint8_t { all, without_names };

/// Adds `from` to `into`.
void merge(span_rollup& into, const span_rollup& from, const limits& bounds = {},
           extent detail = extent::all);

} // namespace parseflow::rollup
