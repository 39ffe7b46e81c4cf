// How a dyno is doing, in one word, judged by its requests, its memory and its crashes.
#pragma once

#include <string_view>

#include "messages/rollup/platform_stats.hpp"
#include "messages/rollup/request_stats.hpp"

namespace parseflow::rollup {

/// `healthy`, `warning`, `critical` or `crashed`: the worst one that applies to what was counted in a window.
/// `crashed`: it crashed. `critical`: more than 10 % of its requests failed, their mean is above 3 s, R15 was
/// reported, or its memory is above twice its quota. `warning`: the same with 5 %, 1 s, R14 and the quota
/// itself. WebSockets are left out. Either argument may be null if nothing is known about it.
std::string_view dyno_status(const request_stats* requests, const dyno_state* state);

} // namespace parseflow::rollup
