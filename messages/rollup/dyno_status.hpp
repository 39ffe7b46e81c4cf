// How a dyno is doing, in a word: by its requests, its memory and its crashes.
#pragma once

#include <string_view>

#include "messages/rollup/platform_stats.hpp"
#include "messages/rollup/request_stats.hpp"

namespace parseflow::rollup {

/// `healthy`, `warning`, `critical` or `crashed`: the worst that holds of what was counted in a window.
/// `crashed`: it crashed. `critical`: more than 10 % of its requests failed, their mean is above 3 s, R15 was
/// told, or its memory is above twice its quota. `warning`: 5 %, 1 s, R14, its quota. WebSockets are left
/// out. Either may be null: nothing is known of that.
std::string_view dyno_status(const request_stats* requests, const dyno_state* state);

} // namespace parseflow::rollup
