// Lines of the platform that report events: from the dyno manager, the API, and the logging system itself
// (heroku-formats sections 5, 6 and 10).
#pragma once

#include "messages/parsed_body.hpp"

namespace parseflow::logplex {

/// Reads `line.text` as the dyno manager writes it (`heroku` / a dyno): sets kind, level, code, subject
/// and number.
///   State changed from starting to up
///   Error R14 (Memory quota exceeded)
void read_dyno_event(log_record& line);

/// Reads `line.text` as the API writes it (`app` / `api`; the CLI shows `heroku` / `api`): sets kind
/// and subject.
///   Release v87 created by user dev@example.com
void read_api_event(log_record& line);

/// Reads `line.text` as one of Heroku's add-ons reports what happened to it (`app` / `heroku-postgres`): sets
/// kind and subject, or leaves the line as it is.
///   Update DATABASE by user dev@example.com
void read_addon_event(log_record& line);

/// Reads `line.text` as Logplex and log-shuttle write it: sets kind, level, code and number.
///   Error L10 (output buffer overflow): 317 messages dropped since 2026-03-02T14:06:58+00:00.
void read_logging_event(log_record& line);

} // namespace parseflow::logplex
