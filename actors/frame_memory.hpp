// Which frames were stored before: the memory behind promise P2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_set>

#include "messages/frame.hpp"

namespace parseflow {

/// 128 bits that stand for a frame key. Two keys that differ have equal digests with a chance of 2^-128.
struct frame_digest {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool operator==(const frame_digest&) const = default;
};

/// The digest of `key`; its drain and id are told apart whatever bytes they hold.
frame_digest digest_of(const frame_key& key);

/// Hashes a digest, which is a hash already.
struct frame_digest_hash {
  std::size_t operator()(const frame_digest& digest) const { return digest.low; }
};

/// The digests of the last `capacity` frames. Forgets the oldest when full.
class frame_memory {
public:
  /// Precondition: `capacity` is at least 1.
  explicit frame_memory(std::size_t capacity) : capacity_(capacity) {}

  /// Remembers one frame; one that is known keeps its age.
  void insert(const frame_digest& digest);

  bool contains(const frame_digest& digest) const { return known_.contains(digest); }
  std::size_t size() const { return known_.size(); }

private:
  std::size_t capacity_;
  std::unordered_set<frame_digest, frame_digest_hash> known_;
  std::deque<frame_digest> by_age_;
};

} // namespace parseflow
