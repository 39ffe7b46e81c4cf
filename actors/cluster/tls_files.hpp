// Whether the cluster's certificate files can be used, found out before anything listens.
#pragma once

#include <optional>
#include <string>

#include "messages/settings/settings.hpp"

namespace parseflow {

/// A sentence that says which file is wrong and why. Precondition: all three are set.
std::optional<std::string> check_tls_files(const cluster_settings& cluster);

} // namespace parseflow
