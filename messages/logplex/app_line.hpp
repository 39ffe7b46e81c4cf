// A line that the app wrote: what form its text has, and how bad it says it is (heroku-formats section 9).
#pragma once

#include "messages/record.hpp"

namespace parseflow::logplex {

/// Sets kind (`json`, `logfmt` or `text`) and level by `line.text` alone. Never believes that the platform
/// wrote it. Returns true if the text may hold numbers in an l2met form.
bool read_app_line(log_record& line);

} // namespace parseflow::logplex
