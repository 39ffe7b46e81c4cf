// Ports for programs that must know theirs before they start.
#pragma once

#include <cstdint>

namespace parseflow {

/// A TCP port that nobody listens on, outside the range from which outgoing connections take theirs: a
/// program that is away for a while finds it free again. Another one each time. Throws std::runtime_error if
/// none is found.
std::uint16_t free_port();

} // namespace parseflow
