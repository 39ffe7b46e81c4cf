// A value that is equal to a limit counts as the better side.
#include "messages/rollup/dyno_status.hpp"

#include <algorithm>

namespace parseflow::rollup {

namespace {

// True if more than `percent` of the requests failed, or their mean is above `mean_ms`.
bool are_worse(const request_stats& requests, std::uint64_t percent, double mean_ms) {
  const auto served = std::max(requests.count - requests.websockets, requests.failures);
  return 100 * requests.failures > percent * served || requests.service.mean() > mean_ms;
}

// True if the dyno's memory is above `quotas` times its quota.
bool is_above(const dyno_state& state, double quotas) {
  const auto &total = state.memory_total_mb, &quota = state.memory_quota_mb;
  return total.count != 0 && quota.count != 0 && quota.last > 0 && total.last > quotas * quota.last;
}

} // namespace

std::string_view dyno_status(const request_stats* requests, const dyno_state* state) {
  if (state && state->crashes != 0)
    return "crashed";
  if ((requests && are_worse(*requests, 10, 3000)) || (state && (state->r15 != 0 || is_above(*state, 2))))
    return "critical";
  if ((requests && are_worse(*requests, 5, 1000)) || (state && (state->r14 != 0 || is_above(*state, 1))))
    return "warning";
  return "healthy";
}

} // namespace parseflow::rollup
