// A number drawn from a parsed line. Every text is a view into the body it was parsed from.
#pragma once

#include <cstdint>
#include <string_view>

#include "messages/time.hpp"

namespace parseflow {

/// Whose number a sample is. Only the platform's own lines yield the first two, so an app cannot
/// imitate them.
enum class sample_origin : std::uint8_t {
  dyno,   ///< Runtime metrics.
  addon,  ///< A database or another add-on of Heroku's.
  custom, ///< The app's own (l2met), or that of a foreign add-on.
};

/// The name an origin has in the database and in answers.
std::string_view to_string(sample_origin origin);

/// How the samples of one name are combined over a window.
enum class sample_kind : std::uint8_t {
  gauge,   ///< `sample#`: the last one counts.
  count,   ///< `count#`: they are summed up.
  measure, ///< `measure#`: an observation of a distribution.
  unique,  ///< `unique#`: distinct members are counted; the member is `member`, the value is 1.
  event,   ///< `event#`: a marker; the title is `member`, the value is 1.
};

/// The name a kind has in the database and in answers.
std::string_view to_string(sample_kind kind);

/// One number in a line. The line itself is kept as a log_record as well.
struct sample_record {
  timestamp at{};
  /// `source=`: the dyno (`web.1`), the attachment (`DATABASE`) or what an app names; empty if the line
  /// names none.
  std::string_view source = {};
  /// The run of the dyno (`heroku.123.uuid`: a new run counts from zero again) or the add-on's name; for
  /// custom samples the process that wrote the line.
  std::string_view instance = {};
  /// PROCID of the line: `heroku-postgres`, `web.1`.
  std::string_view proc = {};
  /// The text after the `#`: `memory_rss`. As written: `-` and `_` both occur.
  std::string_view name = {};
  /// As written: `MB`, `kB`, `bytes`, `pages`, `ms`; often empty.
  std::string_view unit = {};
  /// Set for `unique` and `event`, else empty.
  std::string_view member = {};
  double value = 0;
  sample_origin origin = sample_origin::custom;
  sample_kind kind = sample_kind::gauge;
};

} // namespace parseflow
