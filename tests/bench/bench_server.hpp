// Servers that leave out parts of the pipeline, to show what each part costs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace parseflow::bench {

/// Serves until SIGTERM on a port that the system picks, and writes `listening on http://127.0.0.1:PORT` to
/// standard error. `kind` is `http` (reads the bodies and answers) or `memory` (the whole pipeline with a
/// store that only counts). `arguments` are settings. Returns the exit status.
int serve(std::string_view kind, std::vector<std::string> arguments);

} // namespace parseflow::bench
