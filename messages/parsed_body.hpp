// Everything that one body held. Every text is a view into the body it was parsed from, so a record is valid
// only as long as its batch.
#pragma once

#include <cstdint>
#include <vector>

#include "messages/log_record.hpp"
#include "messages/request_record.hpp"
#include "messages/sample_record.hpp"

namespace parseflow {

/// How well formed the framing of one body was (heroku-formats 2.5).
struct framing_report {
  /// Lines kept, malformed ones included.
  std::uint32_t lines = 0;
  /// Malformed records among them.
  std::uint32_t malformed = 0;
  /// Lines among them whose octet count is wrong but whose header parses: they do not count as malformed.
  std::uint32_t miscounted = 0;
  /// True if the sender announced a different number of lines than were found.
  bool has_count_mismatch = false;
  /// Values that did not become samples: they are not numbers (`10.0.0.1`), or there were more than one per
  /// 16 bytes of body.
  std::uint32_t samples_left_out = 0;
};

/// Everything that one body held: each of its bytes is in exactly one request or line.
struct parsed_body {
  std::vector<request_record> requests;
  std::vector<log_record> lines;
  /// Numbers drawn from `lines`.
  std::vector<sample_record> samples;
  framing_report framing;
};

/// Memory that the records take besides the body that they point into.
inline std::uint64_t memory_of(const parsed_body& parsed) {
  return parsed.requests.capacity() * sizeof(request_record) + parsed.lines.capacity() * sizeof(log_record) +
         parsed.samples.capacity() * sizeof(sample_record);
}

} // namespace parseflow
