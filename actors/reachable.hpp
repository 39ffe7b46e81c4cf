// Whether somebody accepts connections at an address.
#pragma once

#include <chrono>

#include "messages/settings.hpp"

namespace parseflow {

/// Connects and hangs up. Blocks for `patience` at most, beside the time that a name takes to resolve.
bool is_reachable(const endpoint& target, std::chrono::milliseconds patience);

} // namespace parseflow
