// How many files and sockets this process may have open, and whether they are enough.
#pragma once

#include <cstdint>

#include "messages/expected.hpp"

namespace parseflow::http {

/// Descriptors for everything but client connections: segments of the journal, databases, peers, the log.
inline constexpr std::uint32_t reserved_descriptors = 256;

/// Raises the process's limit to the most that the system allows. Fails if that is not enough for
/// `max_connections` and the reserve: clients alone could then keep the journal from opening a file.
expected<> raise_descriptor_limit(std::uint32_t max_connections);

} // namespace parseflow::http
