// Who can reach the service, when nobody has said who shall.
#pragma once

#include <optional>
#include <string>

#include "messages/settings/settings.hpp"

namespace parseflow {

/// A sentence if the service listens for its own machine only although somebody seems to want more of it:
/// half of the credentials are set, or it runs in a container, whose loopback nobody reaches. It says what to
/// set.
std::optional<std::string> reachability_warning(const http_settings& http, bool is_in_container);

} // namespace parseflow
