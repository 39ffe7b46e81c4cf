// Where the service listens, and a warning if that is loopback by default and probably should not be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "messages/settings/settings.hpp"

namespace parseflow {

/// A sentence that says what to set, if the service listens on loopback only although it seems meant to be
/// reached: either the drains or the API key are set, or the registry has drains or keys, or it runs in a
/// container, whose loopback cannot be reached from outside.
/// @param has_registered The registry has drains or keys.
std::optional<std::string> reachability_warning(const http_settings& http, bool has_registered,
                                                bool is_in_container);

/// Logs where the service listens, and the warning if there is one.
void log_reachability(const http_settings& http, std::uint16_t port, bool has_registered);

/// True by the signs that Docker, Podman and Kubernetes give their processes.
bool is_in_container();

} // namespace parseflow
