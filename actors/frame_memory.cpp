// Digests by xxHash; order of age in a deque beside the set.
#include "actors/frame_memory.hpp"

#include <string>

#include <xxhash.h>

namespace parseflow {

frame_digest digest_of(const frame_key& key) {
  // The drain's length goes in first: ("ab", "c") and ("a", "bc") differ.
  std::string joined = std::to_string(key.drain.size());
  joined.reserve(joined.size() + 1 + key.drain.size() + key.id.size());
  joined += ':';
  joined += key.drain;
  joined += key.id;
  const auto hash = XXH3_128bits(joined.data(), joined.size());
  return {hash.low64, hash.high64};
}

void frame_memory::insert(const frame_digest& digest) {
  if (!known_.insert(digest).second)
    return;
  by_age_.push_back(digest);
  if (by_age_.size() <= capacity_)
    return;
  known_.erase(by_age_.front());
  by_age_.pop_front();
}

} // namespace parseflow
