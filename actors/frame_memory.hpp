// Remembers which frames were stored before; promise P2 (counted once) rests on it.
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_set>

#include "messages/frame_digest.hpp"

namespace parseflow::actors {

/// The digests of the last `capacity` frames. Forgets the oldest when full.
class frame_memory {
public:
  /// Precondition: `capacity` is at least 1.
  explicit frame_memory(std::size_t capacity) : capacity_(capacity) {}

  /// Remembers a frame. A frame that is known already keeps its age.
  void insert(const frame_digest& digest);

  bool contains(const frame_digest& digest) const { return known_.contains(digest); }
  std::size_t size() const { return known_.size(); }

private:
  std::size_t capacity_;
  std::unordered_set<frame_digest, frame_digest_hash> known_;
  std::deque<frame_digest> by_age_;
};

} // namespace parseflow::actors
