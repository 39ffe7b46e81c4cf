// What receiver and DB writer tell each other about frames: which the journal has, and which the database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "messages/frame.hpp"

namespace parseflow {

/// Keys in one message. Lists of frames go in parts: millions at once would keep a box from all else.
inline constexpr std::size_t max_keys = 10'000;

/// RECEIVER → DB WRITER: a part of the frames of which the journal does not know whether the database has
/// them.
struct unstored_frames {
  /// At most `max_keys`.
  std::vector<frame_key> keys;
  bool is_last = true;
};

template <class Inspector>
auto inspect(Inspector& f, unstored_frames& x) {
  return f(x.keys, x.is_last);
}

/// DB WRITER → RECEIVER: a part of the unstored frames that the database has.
struct reconciled_frames {
  /// At most `max_keys`.
  std::vector<frame_key> keys;
  /// That was all: the unstored frames that were not named are not in the database.
  bool is_last = true;
};

template <class Inspector>
auto inspect(Inspector& f, reconciled_frames& x) {
  return f(x.keys, x.is_last);
}

/// RECEIVER → DB WRITER: a part of the frames that were stored of late and that the journal still keeps.
struct kept_frames {
  /// At most `max_keys`.
  std::vector<frame_key> keys;
  bool is_last = true;
};

template <class Inspector>
auto inspect(Inspector& f, kept_frames& x) {
  return f(x.keys, x.is_last);
}

/// DB WRITER → RECEIVER: the database had these frames and has them no more: a standby that lagged took over,
/// or it was set back.
struct missing_frames {
  std::vector<frame_key> keys;
};

template <class Inspector>
auto inspect(Inspector& f, missing_frames& x) {
  return f(x.keys);
}

/// DB WRITER → RECEIVER: the database has these frames.
struct committed_frames {
  std::vector<std::uint64_t> sequences;
};

template <class Inspector>
auto inspect(Inspector& f, committed_frames& x) {
  return f(x.sequences);
}

} // namespace parseflow
