// The lines of an app itself and of its add-ons.
#pragma once

#include <cstdint>

#include "tests/traffic/dice.hpp"
#include "tests/traffic/dyno_lines.hpp"

namespace parseflow::traffic {

/// A line that the process `proc` prints: JSON, logfmt, plain text or numbers in l2met's form. A few are hard
/// to parse, and a few imitate lines of the platform.
event_line app_line(std::string proc, dice& roll);

/// A line of an add-on: Postgres, PgBouncer or Redis metrics, or the Postgres server's own log.
event_line addon_line(dice& roll);

} // namespace parseflow::traffic
