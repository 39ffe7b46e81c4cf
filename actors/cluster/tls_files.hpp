// Checks the cluster's certificate files before anything listens.
#pragma once

#include "messages/expected.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// Fails if a file cannot be used; the problem says which and why. Precondition: all three are set.
expected<> check_tls_files(const cluster_settings& cluster);

} // namespace parseflow::actors
