// A 128-bit digest of a frame key, for lists that remember millions of keys.
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

/// The digest of `key`. It depends on where the drain ends and the id begins, whatever bytes they hold.
frame_digest digest_of(const frame_key& key);

/// For hash tables. A digest is a hash already, so half of it is enough.
struct frame_digest_hash {
  std::size_t operator()(const frame_digest& digest) const { return digest.low; }
};

} // namespace parseflow
