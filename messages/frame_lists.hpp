// Lists of frames that receiver and DB writer exchange: which ones the journal has, and which ones the
// database has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "messages/frame.hpp"

namespace parseflow {

/// The most keys in one message. Lists of frames go in parts: a message with millions would keep a box from
/// all other work.
inline constexpr std::size_t max_keys = 10'000;

/// RECEIVER → DB WRITER: a part of the frames that may or may not be in the database.
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
  /// True for the last part: unstored frames that no part named are not in the database.
  bool is_last = true;
};

template <class Inspector>
auto inspect(Inspector& f, reconciled_frames& x) {
  return f(x.keys, x.is_last);
}

/// RECEIVER → DB WRITER: a part of the frames that were stored recently and that the journal still keeps.
struct kept_frames {
  /// At most `max_keys`.
  std::vector<frame_key> keys;
  bool is_last = true;
};

template <class Inspector>
auto inspect(Inspector& f, kept_frames& x) {
  return f(x.keys, x.is_last);
}

/// DB WRITER → RECEIVER: the database has lost these frames: a standby that lagged took over, or the database
/// was set back to an older state.
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
