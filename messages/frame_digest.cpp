#include "messages/frame_digest.hpp"

#include <string>

#include <xxhash.h>

namespace parseflow {

frame_digest digest_of(const frame_key& key) {
  // The drain's length goes in first, so that ("ab", "c") and ("a", "bc") differ.
  std::string joined = std::to_string(key.drain.size());
  joined.reserve(joined.size() + 1 + key.drain.size() + key.id.size());
  joined += ':';
  joined += key.drain;
  joined += key.id;
  const auto hash = XXH3_128bits(joined.data(), joined.size());
  return {hash.low64, hash.high64};
}

} // namespace parseflow
