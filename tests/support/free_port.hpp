// Finds ports for programs that need a port number before they start.
#pragma once

#include <cstdint>

namespace parseflow {

/// A free TCP port outside the range of ports for outgoing connections, so that a program that is down
/// for a while finds its port free again. Returns another port each time. Throws std::runtime_error if
/// none is found.
std::uint16_t free_port();

} // namespace parseflow
