// What the lists of commands have in common.
#pragma once

#include <string>

#include "messages/time.hpp"

namespace parseflow::actors {

/// `2026-03-02T14:07:31Z`; `never` for the epoch.
std::string time_or_never(timestamp at);

} // namespace parseflow::actors
