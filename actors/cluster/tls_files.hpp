// Checks the cluster's certificate files before anything listens.
#pragma once

#include <optional>
#include <string>

#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// Returns a sentence that says which file cannot be used and why; nothing if all can. Precondition: all
/// three are set.
std::optional<std::string> check_tls_files(const cluster_settings& cluster);

} // namespace parseflow::actors
