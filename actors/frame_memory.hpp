// Remembers which frames were stored before; promise P2 (counted once) rests on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "messages/frame_digest.hpp"

namespace parseflow::actors {

/// The digests of the last `capacity` frames. Forgets the oldest when full. Takes at most 32 bytes for each, and
/// allocates nothing for one alone.
class frame_memory {
public:
  /// Precondition: `capacity` is at least 1 and below 2^32.
  explicit frame_memory(std::size_t capacity);

  /// Remembers a frame. A frame that is known already keeps its age.
  void insert(const frame_digest& digest);

  bool contains(const frame_digest& digest) const { return slots_[slot_of(digest)] != 0; }
  std::size_t size() const { return known_.size(); }

private:
  std::size_t home_of(const frame_digest& digest) const { return digest.low & (slots_.size() - 1); }
  std::size_t slot_of(const frame_digest& digest) const;
  void grow();
  void forget(const frame_digest& digest);

  std::size_t capacity_;
  std::vector<frame_digest> known_; // in the order of their age, from `oldest_` on
  std::size_t oldest_ = 0;
  // A hash table with open addressing: numbers into `known_` plus 1, 0 for free; a power of two, at most half
  // full.
  std::vector<std::uint32_t> slots_;
};

} // namespace parseflow::actors
