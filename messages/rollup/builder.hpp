// Makes the partial rollup of a batch from its records. Runs in the parsers, so that the single aggregator
// only merges.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "messages/parsed_body.hpp"
#include "messages/rollup/minute_rollup.hpp"

namespace parseflow::rollup {

/// The country of an address: two capital letters, or empty if unknown. The view lives until the next call.
using country_lookup = std::function<std::string_view(std::string_view address)>;

/// True for a request that counts against the success rate: its status is 400 or above, or missing, or it has
/// `at=error`, which means that Heroku's router gave up on it, whatever status had been sent by then.
bool is_error(const request_record& request);

/// True for a request that the app or the platform failed to serve: 5xx, or `at=error`.
bool is_failure(const request_record& request);

/// True for a connection that became a WebSocket: its `service` is how long it was open, not a response time.
bool is_websocket(const request_record& request);

/// Builds partial rollups; keeps its scratch memory, which is proportional to the largest body so far. Each
/// parser has its own.
class builder {
public:
  /// `countries` may be empty (no lookup). Its answers are cached per address, for recent addresses.
  explicit builder(limits bounds, country_lookup countries = {});
  ~builder();

  /// Bounds for the bodies that follow.
  void set_bounds(const limits& bounds);

  /// The partial rollup of one body of `body_bytes` bytes, received at `received_at`. Every line counts in
  /// the minute of its own timestamp, or in the minute of receipt if it is older than `limits::longest_age`.
  /// A line whose timestamp is `late_after` or more away from its receipt is also counted as late or early,
  /// in the minute of receipt. A body without lines counts in the minute of receipt.
  partial build(const parsed_body& body, std::size_t body_bytes, timestamp received_at);

private:
  struct scratch;
  std::unique_ptr<scratch> scratch_;
};

} // namespace parseflow::rollup
