// 128 bits that stand for a frame's key, where keys are remembered by the million.
#pragma once

#include <cstddef>
#include <cstdint>

#include "messages/frame.hpp"

namespace parseflow {

/// Two keys that differ have equal digests with a chance of 2^-128.
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

} // namespace parseflow
