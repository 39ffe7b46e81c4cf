// Tells the frames that the journal keeps although they are stored, part by part.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "db/journal/journal.hpp"
#include "messages/frame_digest.hpp"

namespace parseflow {

/// A segment may hold more of them than one message should.
class kept_walk {
public:
  /// Begins anew.
  void begin() { *this = {}; }

  /// The keys of the next frames, `limit` of them unless these are the last.
  std::vector<frame_key> next(const db::journal& source, timestamp now, std::size_t limit);

  /// The frame of this key in the part that `next` told last; null if it is not there.
  const db::recovered_frame* told(const frame_key& key) const;

private:
  db::journal_position at_;                 // of the last frame that was read
  std::vector<db::recovered_frame> unread_; // of the segment at `at_`, in reverse
  std::unordered_map<frame_digest, db::recovered_frame, frame_digest_hash> told_;
};

} // namespace parseflow
