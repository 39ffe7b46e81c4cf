// What becomes of settings that have changed while the service runs.
#pragma once

#include <string>
#include <vector>

#include "messages/settings/settings.hpp"

namespace parseflow {

/// The names of settings that differ.
struct settings_change {
  std::vector<std::string> taken_up, need_restart;
};

/// Copies into `in_use` what differs in `fresh` and can be reloaded.
settings_change take_up(settings& in_use, settings fresh);

} // namespace parseflow
