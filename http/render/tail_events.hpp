// Lines as server-sent events, each with the line as JSON.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "messages/tail.hpp"

namespace parseflow::http {

/// The form of `GET /api/logs/tail`. Always the same one, so that equal tails are told to be equal.
std::shared_ptr<const tail_form> tail_events();

/// Appends one line as a JSON object: `id, at, app, drain, source, dyno, severity, kind, text` and what else is
/// known of it. Takes about 0.3 us.
void append_line(std::string& into, const lines::line_view& line, std::string_view id);

} // namespace parseflow::http
