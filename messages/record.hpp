// Parsed lines, by kind. Every text is a view into the body they were parsed from: a record lives as long as
// its batch.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "messages/time.hpp"

namespace parseflow {

/// What a line that is not a router line is about (heroku-formats section 11). Stored as text: see
/// `to_string`.
enum class line_kind : std::uint8_t {
  text,      ///< A line of the app or the platform that nothing more is known about.
  malformed, ///< Bytes whose header did not parse, or that no frame claims: kept raw.

  json,   ///< A line of the app that is one JSON object.
  logfmt, ///< A line of the app with two `key=value` pairs and more.

  state_change,    ///< `State changed from A to B`; `subject` is B.
  process_start,   ///< `Starting process with command …`; `subject` is the command.
  process_exit,    ///< `Process exited with status N`; `number` is N.
  process_stop,    ///< `Stopping all processes with SIGTERM`; `subject` is the signal.
  memory_use,      ///< `Process running mem=547M(106.8%)`; `number` is MB.
  dyno_error,      ///< `Error R14 (Memory quota exceeded)`; `code` is R14, `subject` the title.
  dyno_other,      ///< Anything else the dyno manager says.
  runtime_metrics, ///< Memory and load of a dyno: its numbers are samples.

  release, ///< `Release v87 created by user U`; `subject` is v87. Also `Rollback to v86`.
  deploy,  ///< `Deploy 4c1e9ab2 by user U`; `subject` is the commit.
  build,   ///< `Build started by user U`, `Build succeeded`, `Build failed`; `subject` is the second word.
  scale,   ///< `Scaled to web@3:Standard-2X by user U`; `subject` is the formation.
  config,  ///< `Set K config vars by user U`, `Remove …`; `subject` is the names.
  addon_change, ///< `Attach …`, `@ref:… completed provisioning`, ….
  api_other,    ///< Anything else the API says.

  addon_metrics, ///< Numbers of Postgres, PgBouncer, Redis, …: they are samples.
  postgres_log, ///< A line of the Postgres server's own log; `code` is its SQL error code unless it is 00000.

  loss,          ///< L10, L11, L12 or L13: `number` lines never arrived here; `code` says who lost them.
  logging_error, ///< Any other L code.
};

/// The name a kind has in the database and in answers, e.g. `malformed`.
std::string_view to_string(line_kind kind);

/// How bad a line says it is. PRI says nothing about it (heroku-formats 2.3).
enum class severity : std::uint8_t { none, debug, info, warning, error, fatal };

/// The name a severity has in the database and in answers; empty for `none`.
std::string_view to_string(severity level);

/// A router line: one request that Heroku's router answered or gave up on (heroku-formats section 4).
struct request_record {
  /// `status`, `connect_ms`, `service_ms` and `bytes` of a line that leaves the value empty: unknown, not
  /// zero.
  static constexpr std::int64_t unknown = -1;

  timestamp at{};
  std::string_view method;
  /// The raw request target with its query, as between the quotes: `\"` is still escaped.
  std::string_view path;
  std::string_view host;
  std::string_view request_id;
  /// X-Forwarded-For as received plus the peer; the last entry is the peer. May be empty.
  std::string_view fwd;
  /// `web.1`; empty when no dyno was reached.
  std::string_view dyno;
  /// `H12`; empty for a plain request.
  std::string_view code;
  std::string_view protocol;
  std::string_view tls_version;
  /// The whole text of the line, for what has no field of its own.
  std::string_view text;
  /// Milliseconds to connect to the dyno, or `unknown`.
  std::int64_t connect_ms = unknown;
  /// Milliseconds of proxying, or `unknown`. Hours for a websocket.
  std::int64_t service_ms = unknown;
  /// Bytes from dyno to client, or `unknown`.
  std::int64_t bytes = unknown;
  /// HTTP status, or `unknown`.
  std::int64_t status = unknown;
  /// The severity that `at=` names: info, warning or error; `none` when missing.
  severity level = severity::none;
  /// True if `text` holds keys that have no field above (`sock`, `desc`, `cause`, `agent`, `tls`, unknown
  /// ones).
  bool has_extra = false;
};

/// Any other line: stored once, as it is.
struct log_record {
  /// From the header; the time of receipt for a malformed line.
  timestamp at{};
  /// APP-NAME: `app` or `heroku`; empty for a malformed line.
  std::string_view source;
  /// PROCID: `web.1`, `heroku-postgres`, …; empty for a malformed line.
  std::string_view proc;
  /// The message without its counted line feed. May hold any byte.
  std::string_view text;
  line_kind kind = line_kind::text;
  severity level = severity::none;
  /// An error code in the text (`R14`, `L10`, `23505`), else empty.
  std::string_view code = {};
  /// What the line is about, by kind; else empty.
  std::string_view subject = {};
  /// A number in the text, by kind; else `no_number`.
  std::int64_t number = no_number;

  /// `number` of a line that tells none.
  static constexpr std::int64_t no_number = -1;
};

/// Whose number a sample is. Only the platform's own lines make the first two: an app cannot imitate them.
enum class sample_origin : std::uint8_t {
  dyno,   ///< Runtime metrics.
  addon,  ///< A database or another add-on of Heroku's.
  custom, ///< The app's own (l2met), or that of a foreign add-on.
};

/// The name an origin has in the database and in answers.
std::string_view to_string(sample_origin origin);

/// How the numbers of one name make up the number of a window.
enum class sample_kind : std::uint8_t {
  gauge,   ///< `sample#`: the last one counts.
  count,   ///< `count#`: they are summed up.
  measure, ///< `measure#`: an observation of a distribution.
  unique,  ///< `unique#`: distinct members are counted; the member is `member`, the value is 1.
  event,   ///< `event#`: a marker; the title is `member`, the value is 1.
};

/// The name a kind has in the database and in answers.
std::string_view to_string(sample_kind kind);

/// One number in a line. The line itself is a log_record as well: samples are drawn from it, not instead of
/// it.
struct sample_record {
  timestamp at{};
  /// `source=`: the dyno (`web.1`), the attachment (`DATABASE`) or what an app names; empty if the line names
  /// none.
  std::string_view source;
  /// The run of the dyno (`heroku.123.uuid`: counters begin again with a new one), the add-on's name; for
  /// custom samples the process that wrote the line.
  std::string_view instance;
  /// PROCID of the line: `heroku-postgres`, `web.1`.
  std::string_view proc;
  /// Behind the `#`: `memory_rss`. As written: `-` and `_` both occur.
  std::string_view name;
  /// As written: `MB`, `kB`, `bytes`, `pages`, `ms`; often empty.
  std::string_view unit;
  /// Of `unique` and `event`.
  std::string_view member;
  double value = 0;
  sample_origin origin = sample_origin::custom;
  sample_kind kind = sample_kind::gauge;
};

/// What the framing of one body looked like (heroku-formats 2.5).
struct framing_report {
  /// Lines kept, malformed ones included.
  std::uint32_t lines = 0;
  /// Malformed records among them.
  std::uint32_t malformed = 0;
  /// True if the sender announced another number of lines than were found.
  bool count_mismatch = false;
  /// Numbers that did not become samples, because there were more than one per 16 bytes of body.
  std::uint32_t samples_left_out = 0;
};

/// All that one body held: every byte of it is in exactly one request or line.
struct parsed_body {
  std::vector<request_record> requests;
  std::vector<log_record> lines;
  /// Numbers drawn from `lines`.
  std::vector<sample_record> samples;
  framing_report framing;
};

} // namespace parseflow
