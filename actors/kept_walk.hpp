// Walks through the frames that the journal keeps although they are stored, part by part.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "db/journal/journal.hpp"
#include "messages/frame_digest.hpp"

namespace parseflow::actors {

/// Parts are smaller than segments: a segment may hold more keys than one message should.
class kept_walk {
public:
  /// Starts again at the first frame.
  void begin() { *this = {}; }

  /// The keys of the next frames: `limit` of them, or fewer if these are the last.
  std::vector<frame_key> next(const db::journal& source, timestamp now, std::size_t limit);

  /// The frame with this key in the part that `next` returned last; null if it is not in that part.
  const db::recovered_frame* listed(const frame_key& key) const;

private:
  db::journal_position at_;                 // of the last frame that was read
  std::vector<db::recovered_frame> unread_; // of the segment at `at_`, in reverse
  std::unordered_map<frame_digest, db::recovered_frame, frame_digest_hash> told_;
};

} // namespace parseflow::actors
