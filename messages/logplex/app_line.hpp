// Lines that the app wrote: the form of the text, and the severity that it names (heroku-formats section 9).
#pragma once

#include "messages/parsed_body.hpp"

namespace parseflow::logplex {

/// Sets kind (`json`, `logfmt` or `text`) and level from `line.text` alone. Never takes it for a line of the
/// platform. Returns true if the text may hold numbers in an l2met form.
bool read_app_line(log_record& line);

} // namespace parseflow::logplex
