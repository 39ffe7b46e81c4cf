// The errors that boxes send each other: a code and one sentence. Append only: peers of another version read
// the numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <caf/error.hpp>

namespace parseflow {

/// The kinds of errors. New codes go to the end.
enum class ec : std::uint8_t {
  none = 0,
  /// The question names a metric that does not exist.
  unknown_metric,
  /// A box did not answer another one in time: a defect of this program.
  box_hangs,
  /// The database cannot be used at all, now or later.
  store_unusable,
  /// A node has not restored yet what it counted before it was started.
  not_ready,
  /// The database does not answer now, but may later.
  store_away,
  /// A node called that is not configured to call.
  unknown_peer,
  /// What was asked for cannot be done, for the reason that the sentence gives.
  refused,
};

/// The name of the code, e.g. `unknown_metric`.
std::string_view to_string(ec code);

/// An `ec` as CAF carries it; renders as its name and the sentence.
caf::error make_error(ec code, std::string sentence = {});

} // namespace parseflow
