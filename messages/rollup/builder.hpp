// Records → the partial rollup of their batch. Runs in the parsers, so that the one aggregator only merges.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "messages/record.hpp"
#include "messages/rollup/minute_rollup.hpp"

namespace parseflow::rollup {

/// The country of an address: two capital letters, or empty if unknown. The view lives until the next call.
using country_lookup = std::function<std::string_view(std::string_view address)>;

/// True for a request that counts against the success rate: a status of 400 and above, none at all, or
/// `at=error`: Heroku's router gave it up, whatever status had been sent by then.
bool is_error(const request_record& request);

/// True for a request that the app or the platform failed to serve: 5xx, or `at=error`.
bool is_failure(const request_record& request);

/// True for a connection that became a WebSocket: its `service` is how long it was open, no response time.
bool is_websocket(const request_record& request);

/// Builds partial rollups; keeps its scratch memory between bodies, in proportion to the largest one so far.
/// One per parser.
class builder {
public:
  /// `countries` may be empty (no lookup). It is asked once per address, as long as the address is
  /// remembered.
  explicit builder(limits bounds, country_lookup countries = {});
  ~builder();

  /// The partial of one body of `body_bytes` bytes, taken in at `received_at`. Every line counts in the
  /// minute of its own timestamp, unless that is older than `limits::longest_age`, and if that is
  /// `late_after` and more from its receipt, once more as late or early in the minute of its receipt; a body
  /// without lines counts in that as well.
  partial build(const parsed_body& body, std::size_t body_bytes, timestamp received_at);

private:
  struct scratch;
  std::unique_ptr<scratch> scratch_;
};

} // namespace parseflow::rollup
