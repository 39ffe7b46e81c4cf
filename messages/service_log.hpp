// The service's own log: logfmt lines on standard error. It never logs per line or per request, and never
// a secret.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace parseflow {

/// debug: not per event. info: start, stop, state changes. warn: unexpected, nothing lost. error: data lost
/// or a person is needed.
enum class log_level { debug, info, warn, error };

/// One `key=value` of a log line, e.g. `{"drain", "shop"}`.
using log_field = std::pair<std::string_view, std::string>;

/// Sets the lowest level that is written. Precondition: `name` is debug, info, warn or error.
void set_log_level(std::string_view name);

/// Writes one line: time, level, the box that logs, the sentence, and the fields. Values are quoted where
/// needed. Any thread may call.
void log(log_level level, std::string_view actor, std::string_view sentence,
         std::initializer_list<log_field> fields = {});

} // namespace parseflow
