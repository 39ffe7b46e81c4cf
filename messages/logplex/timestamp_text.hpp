// RFC 5424 timestamps: text → microseconds, validated.
#pragma once

#include <cstddef>
#include <string_view>

#include "messages/time.hpp"

namespace parseflow::logplex {

/// Reads `YYYY-MM-DDThh:mm:ss[.digits](Z|±hh:mm)`. Digits beyond microseconds are dropped; a leap second
/// counts as the first second of the next minute. Remembers the last minute it read, because neighbouring
/// lines share it.
class timestamp_reader {
public:
  /// Reads the timestamp that `text` begins with. Returns the bytes read, or 0 (and leaves `at` alone) if
  /// there is none.
  std::size_t read(std::string_view text, timestamp& at);

private:
  std::size_t read_any(std::string_view text, timestamp& at);

  char minute_text_[16] = {}; // `YYYY-MM-DDThh:mm` of `minute_`; zeros match no text that is a timestamp
  timestamp minute_{};
};

} // namespace parseflow::logplex
