// How many files and sockets this process may have open, and whether that is enough.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace parseflow::http {

/// Descriptors for all that is no connection of a client: segments of the journal, databases, peers, the log.
inline constexpr std::uint32_t reserved_descriptors = 256;

/// Raises the process' limit to the most that the system allows. A sentence if that is not enough for
/// `max_connections` and the reserve: then clients alone could keep the journal from opening a file.
std::optional<std::string> raise_descriptor_limit(std::uint32_t max_connections);

} // namespace parseflow::http
