// A parsed line that is not a router line, typed by kind. Every text is a view into the body it was
// parsed from.
#pragma once

#include <cstdint>
#include <string_view>

#include "messages/severity.hpp"
#include "messages/time.hpp"

namespace parseflow {

/// The subject of a line that is not a router line (heroku-formats section 11). Stored as text:
/// see `to_string`.
enum class line_kind : std::uint8_t {
  text,      ///< A line of the app or the platform that nothing more is known about.
  malformed, ///< Bytes whose header did not parse, or that belong to no line: kept raw.

  json,   ///< A line of the app that is one JSON object.
  logfmt, ///< A line of the app with at least two `key=value` pairs.

  state_change,    ///< `State changed from A to B`; `subject` is B.
  process_start,   ///< `Starting process with command …`; `subject` is the command.
  process_exit,    ///< `Process exited with status N`; `number` is N.
  process_stop,    ///< `Stopping all processes with SIGTERM`; `subject` is the signal.
  memory_use,      ///< `Process running mem=547M(106.8%)`; `number` is MB.
  dyno_error,      ///< `Error R14 (Memory quota exceeded)`; `code` is R14, `subject` the title.
  dyno_other,      ///< Anything else the dyno manager says.
  runtime_metrics, ///< Memory and load of a dyno: its numbers are samples.

  release, ///< `Release v87 created by user U`; `subject` is v87. Each change that makes one writes it.
  deploy,  ///< `Deploy 4c1e9ab2 by user U`; `subject` is the commit.
  build,   ///< `Build started by user U`, `Build succeeded`, `Build failed`; `subject` is the second word.
  scale,   ///< `Scaled to web@3:Standard-2X by user U`; `subject` is the formation.
  config,  ///< `Set K config vars by user U`, `Remove …`; `subject` is the names.
  addon_change, ///< `Attach …`, `Update …`, `@ref:… completed provisioning`, …; `subject` is its name.
  api_other,    ///< Anything else the API says, such as `Rollback to v86`.

  addon_metrics, ///< Numbers of Postgres, PgBouncer, Redis, …: they are samples.
  postgres_log, ///< A line of the Postgres server's own log; `code` is its SQL error code unless it is 00000.

  loss,          ///< L10, L11, L12 or L13: `number` lines never arrived here; `code` says who lost them.
  logging_error, ///< Any other L code.
};

/// The name a kind has in the database and in answers, e.g. `malformed`.
std::string_view to_string(line_kind kind);

/// A line that is not a router line: stored once, as it is.
struct log_record {
  /// From the header; the time of receipt for a malformed line.
  timestamp at{};
  /// APP-NAME: `app` or `heroku`; empty for a malformed line.
  std::string_view source;
  /// PROCID: `web.1`, `heroku-postgres`, …; empty for a malformed line.
  std::string_view proc;
  /// The message without the line feed or CR LF that its octet count includes. May hold any byte.
  std::string_view text;
  line_kind kind = line_kind::text;
  severity level = severity::none;
  /// An error code in the text (`R14`, `L10`, `23505`), else empty.
  std::string_view code = {};
  /// The thing that the line is about, by kind; else empty.
  std::string_view subject = {};
  /// A number in the text, by kind; else `no_number`.
  std::int64_t number = no_number;

  /// `number` of a line that states none.
  static constexpr std::int64_t no_number = -1;
};

} // namespace parseflow
